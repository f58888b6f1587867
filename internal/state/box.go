package state

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// keyBytes is the length of a key of AES-256.
const keyBytes = 32

// Box seals secrets before they are stored, so that a copy of the state without
// the key tells nothing.
type Box struct{ aead cipher.AEAD }

// OpenBox takes the key from the passphrase where there is one, otherwise from
// the file, which it makes with a random key when it is absent.
func OpenBox(passphrase, path string) (*Box, error) {
	if passphrase != "" {
		key := sha256.Sum256([]byte("monopod secrets\x00" + passphrase))
		return newBox(key[:])
	}
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, keyBytes)
		rand.Read(key) //nolint:errcheck // never fails
		err = writeNew(path, key)
	}
	if err != nil {
		return nil, fmt.Errorf("open the key of the secrets: %w", err)
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("open the key of the secrets: %s has %d bytes instead of %d; restore it, or remove it and enter all secrets again", path, len(key), keyBytes)
	}
	return newBox(key)
}

func writeNew(path string, key []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(key)
	return errors.Join(err, f.Sync(), f.Close())
}

func newBox(key []byte) (*Box, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &Box{aead}, nil
}

// Seal encrypts a secret. The place says what it belongs to: sealed bytes that
// were moved to another place do not open.
func (b *Box) Seal(secret []byte, place string) []byte {
	return b.aead.Seal(nil, nil, secret, []byte(place))
}

// Open returns what was sealed for the place.
func (b *Box) Open(sealed []byte, place string) ([]byte, error) {
	secret, err := b.aead.Open(nil, nil, sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("open the secret of %s: it was sealed with another key; enter it again", place)
	}
	return secret, nil
}

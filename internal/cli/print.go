package cli

import (
	"fmt"
	"io"

	"github.com/prometheus/common/model"
)

// printLines prints an answer of the API as text: a line each for series and
// label values, and values in PromQL's notation.
func printLines(w io.Writer, answer any) error {
	switch answer := answer.(type) {
	case []model.LabelSet:
		return lines(w, answer)
	case model.LabelValues:
		return lines(w, answer)
	}
	_, err := fmt.Fprintln(w, answer)
	return err
}

func lines[T any](w io.Writer, list []T) error {
	for _, one := range list {
		if _, err := fmt.Fprintln(w, one); err != nil {
			return err
		}
	}
	return nil
}

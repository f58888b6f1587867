package datasource

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"
)

// Guard decides which addresses Monopod connects to on behalf of users. It sees
// the address itself at the moment of dialling, so that a name that resolves to
// something else the second time gains nothing.
type Guard struct {
	// AllowMetadata allows link-local addresses, and with them the services of cloud
	// machines that hand out credentials.
	AllowMetadata bool
}

// metadata are addresses outside the link-local ranges that serve credentials.
var metadata = [...]netip.Addr{netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("168.63.129.16")}

// nat64 is the prefix behind which an IPv4 address may hide.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// Check tells whether the address may be dialled.
func (g *Guard) Check(addr netip.Addr) error {
	if g != nil && g.AllowMetadata {
		return nil
	}
	addr = addr.Unmap().WithZone("")
	if nat64.Contains(addr) {
		b := addr.As16()
		addr = netip.AddrFrom4([4]byte(b[12:]))
	}
	bad := addr.IsLinkLocalUnicast() || addr.IsMulticast() || addr.IsUnspecified()
	for _, m := range metadata {
		bad = bad || addr == m
	}
	if bad {
		return &Error{
			Reason: Refused, Message: fmt.Sprintf("Monopod does not connect to %s, a link-local or metadata address", addr),
			Hint: "an administrator can allow it with --datasources.allow-link-local",
		}
	}
	return nil
}

// Dial connects to an address that passes the check.
func (g *Guard) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Control: func(_, resolved string, _ syscall.RawConn) error {
		ap, err := netip.ParseAddrPort(resolved)
		if err != nil {
			return fmt.Errorf("dial %s: %w", resolved, err)
		}
		return g.Check(ap.Addr())
	}}
	if network == "unix" {
		return nil, &Error{Reason: Refused, Message: "Monopod does not connect to local sockets for data sources", Hint: "use host and port"}
	}
	return d.DialContext(ctx, network, address)
}

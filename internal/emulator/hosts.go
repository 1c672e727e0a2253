package emulator

import (
	"net/http"
	"net/netip"
	"strings"

	"github.com/sesctl/sesctl/internal/emulator/web"
	"github.com/sesctl/sesctl/internal/failure"
)

// OnlyHosts serves only requests to loopback names and to the names in allowed, and
// refuses all others with status 403. So a web page cannot read the account through a
// name that it makes resolve to this machine (DNS rebinding). OnlyHosts also refuses
// requests that change something if a browser sends them for another page. If a name
// in allowed has a port, the port is compared too.
func OnlyHosts(h http.Handler, allowed []string) http.Handler {
	pages := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !web.HostAllowed(r.Host, allowed) {
			forbid(w, "The emulator does not serve the host "+quote(strings.TrimPrefix(r.Host, "http://"))+". If this name is yours, start the emulator with --allow-host NAME.")
			return
		}
		// Clients of the API are not browsers, and sign their requests.
		if err := pages.Check(r); err != nil {
			forbid(w, "The emulator does not accept requests of another page.")
			return
		}
		h.ServeHTTP(w, r)
	})
}

// forbid answers with an error in the form of the API, so that clients show the
// message.
func forbid(w http.ResponseWriter, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusForbidden)
	b := appendError([]byte(`{"Response":{`), &apiError{"UnauthorizedOperation", message})
	b = append(append(b, `"RequestId":"`...), appendRequestID(nil)...)
	_, _ = w.Write(append(b, `"}}`...))
}

// CheckHost checks a name for [OnlyHosts]: a host with or without a port. The error
// has the kind usage.
func CheckHost(name string) error {
	bare := web.WithoutPort(name)
	if _, err := netip.ParseAddr(strings.Trim(bare, "[]")); err == nil {
		return nil
	}
	if strings.Contains(name, "/") {
		bare = name // a URL, whose scheme looks like a host
	}
	for _, label := range strings.Split(bare, ".") {
		if label == "" || strings.Trim(strings.ToLower(label), "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return failure.New(failure.Usage, "the host %s is not a name", quote(name)).
				WithHint("write it as clients do, such as emulator or emulator:8025, without http://")
		}
	}
	return nil
}

package relay

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/webhook"
	"github.com/sesctl/sesctl/pkg/callback"
)

// Status is the result of a check.
type Status string

// The statuses.
const (
	OK   Status = "ok"
	Warn Status = "warn"
	Fail Status = "fail"
	Skip Status = "skip"
)

// Finding is the result of one check. Its detail contains no secret.
type Finding struct {
	Check  string `json:"check"`
	Status Status `json:"status"`
	Detail string `json:"detail"`
}

// Public is the public URL of a relay, for a check of it.
type Public struct {
	URL     string // if it has no path, the path of the relay is added
	NoPost  bool   // send no sample event
	Private bool   // accept addresses that the internet cannot reach
	Network webhook.Network
	Timeout time.Duration
}

// Check reports whether a relay with these options would work: the configuration, the
// certificate, the spool, each engine, and the public URL if one is given. It writes
// a file to the folder of the spool and removes it again, and sends a sample event to
// the public URL. It changes nothing else.
func Check(ctx context.Context, o Options, public Public) []Finding {
	found := checkPaths(o)
	found = append(found, checkCertificate(o, time.Now()), checkSpool(o))
	for _, u := range o.engines() {
		found = append(found, checkEngine(ctx, u, o.Engine)...)
	}
	return append(found, checkPublic(ctx, o, public)...)
}

func checkPaths(o Options) []Finding {
	if err := o.Validate(); err != nil {
		return []Finding{{"configuration", Fail, err.Error()}}
	}
	found := []Finding{{"configuration", OK, fmt.Sprintf("events at %d path(s), to %s", len(o.Paths), names(o.To))}}
	for _, path := range o.Paths {
		switch {
		case hasPlaceholder(path):
			return append(found, Finding{"path", Warn, "a path has a placeholder that was not replaced, such as $TOKEN, and SES signs nothing: whoever guesses it can send events"})
		case shortPath(path):
			return append(found, Finding{"path", Warn, "a path has under 16 characters, and SES signs nothing: whoever guesses it can send events"})
		}
	}
	return found
}

// hasPlaceholder reports whether a path has a placeholder whose characters are allowed in
// a URL, such as $TOKEN or YOUR_TOKEN.
func hasPlaceholder(path string) bool {
	return slices.ContainsFunc(callback.CheckURL("https://example.com:8080"+path, callback.Policy{}), callback.Problem.AboutDeclaration)
}

func names(urls []EngineURL) string {
	var all []string
	for _, u := range urls {
		all = append(all, u.Name)
	}
	return strings.Join(all, ", ")
}

func checkCertificate(o Options, now time.Time) Finding {
	const check = "certificate"
	if o.TLSCert == "" {
		return Finding{check, Skip, "no certificate, so this program speaks plain HTTP: let a load balancer end TLS, or the events travel unencrypted"}
	}
	pair, err := readPair(o.TLSCert, o.TLSKey)
	if err != nil {
		return Finding{check, Fail, err.Error()}
	}
	leaf := pair.Leaf
	days := int(leaf.NotAfter.Sub(now).Hours() / 24)
	detail := fmt.Sprintf("for %s, %d days left (until %s)", strings.Join(leaf.DNSNames, ", "), days, leaf.NotAfter.UTC().Format(time.DateOnly))
	switch {
	case now.After(leaf.NotAfter) || now.Before(leaf.NotBefore):
		return Finding{check, Fail, "not valid today: " + detail}
	case days < 14:
		return Finding{check, Warn, detail}
	case len(pair.Certificate) == 1 && !bytes.Equal(leaf.RawIssuer, leaf.RawSubject):
		return Finding{check, Warn, detail + "; the file holds no intermediate certificate, which clients may need"}
	}
	return Finding{check, OK, detail}
}

func checkSpool(o Options) Finding {
	const check = "spool"
	if o.Spool == "" {
		return Finding{check, Warn, "none: while an engine is away, events are answered 503, and SES documents no retry"}
	}
	if err := files.MakeFolder(o.Spool); err != nil {
		return Finding{check, Fail, err.Error()}
	}
	probe := filepath.Join(o.Spool, fmt.Sprintf("check-%d", os.Getpid()))
	defer os.Remove(probe)
	if err := writeSynced(probe, []byte("check\n")); err != nil {
		return Finding{check, Fail, err.Error()}
	}
	return Finding{check, OK, fmt.Sprintf("%s can be written to", o.Spool)}
}

func checkEngine(ctx context.Context, u EngineURL, o EngineOptions) []Finding {
	check := "engine " + u.Name
	connected := make(chan struct{}, 1)
	e, err := connect(u, o, func(err error) {
		if err == nil {
			nudge(connected)
		}
	})
	if err != nil {
		return []Finding{{check, Fail, err.Error()}}
	}
	defer e.close()
	if u.Kind == NATS {
		wait := o.timeout()
		if deadline, ok := ctx.Deadline(); ok {
			wait = min(wait, time.Until(deadline)/2) // the rest is for finding the reason
		}
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-connected:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	hide := hider([]string{u.Password, u.User})
	found := e.findings(ctx)
	for i := range found {
		found[i].Check, found[i].Detail = check, hide(found[i].Detail)
	}
	return found
}

// checkPublic runs the checks of "sesctl callback check".
func checkPublic(ctx context.Context, o Options, public Public) []Finding {
	if public.URL == "" {
		return []Finding{{"public URL", Skip, "not given: --public-url"}}
	}
	whole, err := publicURL(public.URL, o.Paths)
	if err != nil {
		return []Finding{{"public URL", Fail, err.Error()}}
	}
	var found []Finding
	for _, p := range callback.CheckURL(whole, callback.Policy{PrivateHosts: public.Private}) {
		status := Warn
		if p.Severity == callback.SeverityError {
			status = Fail
		}
		found = append(found, Finding{"public URL " + p.Rule, status, p.Message})
	}
	checker := &webhook.Checker{Network: public.Network, Timeout: public.Timeout, AllowPrivate: public.Private, NoPost: public.NoPost}
	for _, step := range checker.Check(ctx, callback.NewURL(whole)).Steps {
		found = append(found, Finding{"public URL " + step.Name, Status(step.Status), step.Detail})
	}
	return found
}

// publicURL adds the path of the relay to a URL that has none.
func publicURL(raw string, paths []string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return "", fmt.Errorf("it is not a URL")
	}
	if strings.Trim(u.Path, "/") == "" && len(paths) > 0 {
		u.Path = paths[0]
	}
	return u.String(), nil
}

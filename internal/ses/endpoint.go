package ses

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// CheckEndpoint returns what is wrong with the base URL of a service, before the
// search for credentials. The error has kind usage.
func CheckEndpoint(endpoint string) error {
	_, err := parseEndpoint(endpoint)
	return err
}

// parseEndpoint reads the base URL of the service. It quotes the input only after
// Mask, because a URL may hold a password.
func parseEndpoint(endpoint string) (*url.URL, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Host == "" || u.Opaque != "" || u.Hostname() == "" {
		wrong := failure.New(failure.Usage, "the endpoint %s is not a URL", callback.Quote(callback.Mask(endpoint)))
		if strings.ContainsAny(endpoint, "\"'") {
			return nil, wrong.WithHint("write the value without quotation marks; 'docker run --env-file' passes them on")
		}
		return nil, wrong.WithHint("write it as https://ses.tencentcloudapi.com")
	}
	u.Scheme, u.Host = strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	wrong := ""
	switch {
	case u.Scheme != "https" && u.Scheme != "http":
		wrong = "its scheme is not https"
	case u.Scheme == "http" && !callback.LoopbackHost(u.Hostname()):
		wrong = "plain http is allowed only to this machine"
	case strings.Contains(u.Hostname(), "%"):
		wrong = "its host is an address with a zone"
	case u.User != nil:
		wrong = "it holds a user name; credentials do not belong there"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		wrong = "it has a query or a fragment"
	case u.Path != "" && u.Path != "/":
		wrong = "it has a path; the service answers at /"
	case !validPort(u):
		wrong = "its port is not a number from 1 to 65535"
	}
	if wrong != "" {
		return nil, failure.New(failure.Usage, "the endpoint %s cannot be used: %s", callback.Mask(endpoint), wrong)
	}
	return u, nil
}

func validPort(u *url.URL) bool {
	if !strings.HasSuffix(u.Host, ":"+u.Port()) {
		return true // there is none
	}
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && port > 0
}

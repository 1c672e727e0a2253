package ses

import (
	"cmp"
	"context"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/profile"
	"golang.org/x/time/rate"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/interrupt"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// Options selects the account that a client acts on, and how it reaches the
// account.
type Options struct {
	// Endpoint is https://host or https://host:port; plain http only to this machine.
	Endpoint    string
	Region      string
	Credentials Credentials
	// Table names the actions; the zero Table is sesapi.Default.
	Table sesapi.Table

	// CAFile holds certificates (PEM) that are trusted in addition to the system's
	// certificates. On every operating system, the certificates in the file that
	// SSL_CERT_FILE names are trusted too.
	CAFile string
	// Getenv returns SSL_CERT_FILE and the proxy variables: HTTPS_PROXY,
	// HTTP_PROXY and NO_PROXY, also in lower case. Nil means an empty environment.
	Getenv func(string) string
	// Transport replaces the network, for example for an emulator in this process.
	Transport http.RoundTripper

	Language string  // of the service's messages: en-US (if empty) or zh-CN
	Rate     float64 // calls per second for each action; 0 means no limit
	// OnCall is called as each call ends, and for each retry. Several calls may
	// end at the same time.
	OnCall func(Call)
	// Pause waits before a call is retried. It returns the error of the context if
	// the context ends first. Nil means a wait by the clock.
	Pause func(context.Context, time.Duration) error
	// CallLimit is the timeout of one call, with its whole answer; 0 means one
	// minute. The context can end the call sooner.
	CallLimit time.Duration
	// Version goes into X-TC-RequestClient, as in sesctl-1.0.0.
	Version string
}

// Call is one call of the service that has ended. It holds no secret.
type Call struct {
	Action    string
	Outcome   string // "ok", an error code of the service, or a word such as "timeout"
	RequestID string // "" if the service did not answer
	Duration  time.Duration
}

// Client holds the callbacks of one account. It is a callback.Store, and safe
// for use by several goroutines.
type Client struct {
	sdk   *common.Client
	table sesapi.Table
	// The client calls this product and version of API 3.0.
	product, version string

	host   string // of the endpoint, for messages
	source string // of the credentials, for hints
	onCall func(Call)
	// traced reports whether the transport reports when a request leaves.
	traced bool

	rate     float64
	mu       sync.Mutex
	limiters map[string]*rate.Limiter // by action

	callbackSpellings, senderSpellings spellings

	now   func() time.Time
	pause func(context.Context, time.Duration) error
}

// New returns a client. It does not contact the service. It fails with kind usage
// if the endpoint or a certificate file cannot be used, and with kind auth if
// there are no credentials.
func New(o Options) (*Client, error) {
	endpoint, err := parseEndpoint(o.Endpoint)
	if err != nil {
		return nil, err
	}
	if o.Credentials.SecretID == "" || o.Credentials.SecretKey == "" {
		return nil, failure.New(failure.Auth, "no credentials")
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if len(o.Table.Rows()) == 0 {
		o.Table = sesapi.Default()
	}
	next := o.Transport
	if next == nil {
		if next, err = newTransport(endpoint, o); err != nil {
			return nil, err
		}
	}
	c := &Client{
		table: o.Table, product: sesapi.Service, version: sesapi.Version, host: endpoint.Host, source: o.Credentials.Source, onCall: o.OnCall,
		traced: o.Transport == nil, rate: o.Rate, now: time.Now, pause: interrupt.Sleep,
	}
	if o.Pause != nil {
		c.pause = o.Pause
	}
	// NewClientProfile sets the language and the other defaults. A profile built
	// by hand lacks the switch that keeps requests from going to another region.
	p := profile.NewClientProfile()
	p.Language = "en-US"
	if o.Language != "" {
		p.Language = o.Language
	}
	p.HttpProfile.Scheme = endpoint.Scheme
	p.HttpProfile.Endpoint = endpoint.Host
	p.HttpProfile.ReqTimeout = 0 // the context limits a request
	credential := common.NewTokenCredential(o.Credentials.SecretID, o.Credentials.SecretKey, o.Credentials.Token)
	c.sdk = common.NewCommonClient(credential, o.Region, p)
	c.sdk.WithHttpTransport(&guard{next: next, product: productName(o.Version), limit: cmp.Or(o.CallLimit, defaultCallLimit)})
	c.sdk.WithLogger(silent{})
	return c, nil
}

// productName returns the part of the name of a client that the service accepts.
func productName(version string) string {
	const longest = 100 // the SDK cuts its own name and this name at 128
	name := strings.Map(func(r rune) rune {
		switch {
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9', strings.ContainsRune("-_.", r):
			return r
		}
		return '-'
	}, version)
	return name[:min(len(name), longest)]
}

// silent replaces the SDK's logger, which writes to standard error.
type silent struct{}

func (silent) Printf(string, ...any) {}

// admit waits until the rate allows a call of the action.
func (c *Client) admit(ctx context.Context, action string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if c.rate <= 0 {
		return nil
	}
	c.mu.Lock()
	limiter := c.limiters[action]
	if limiter == nil {
		limiter = rate.NewLimiter(rate.Limit(c.rate), 1)
		if c.limiters == nil {
			c.limiters = map[string]*rate.Limiter{}
		}
		c.limiters[action] = limiter
	}
	c.mu.Unlock()
	if err := limiter.Wait(ctx); err != nil && ctx.Err() == nil {
		return context.DeadlineExceeded // Wait gives up at once if the deadline comes first
	}
	return ctx.Err()
}

const (
	firstPause = 150 * time.Millisecond
	mostPause  = 2 * time.Second
)

// pauseBefore returns the pause before the nth retry, counted from 0. Its range
// doubles with each retry, and it is drawn from the whole range. So clients that
// were throttled together do not retry together.
func pauseBefore(n int) time.Duration {
	limit := mostPause
	if n < 8 {
		limit = min(limit, firstPause<<n)
	}
	return rand.N(limit) + 1
}

//go:build live

package ses

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/ses/storetest"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// These tests run against the real service:
//
//	go test -tags live ./internal/ses -run Live -v
//
// They need TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY, and use the region
// in TENCENTCLOUD_REGION. By default they only read. SESCTL_LIVE_SENDERS can hold
// two sender addresses, separated by a comma. Then the tests change the callbacks
// of these senders and of the account, and restore them at the end. Actions whose
// names are inferred are called only with SESCTL_LIVE_INFERRED=1.
const (
	envLiveSenders  = "SESCTL_LIVE_SENDERS"
	envLiveInferred = "SESCTL_LIVE_INFERRED"
)

func liveClient(t *testing.T) *Client {
	t.Helper()
	credentials, err := FindCredentials(t.Context(), CredentialOptions{Getenv: os.Getenv, Source: sourceEnv})
	if err != nil {
		t.Skip(err)
	}
	region := os.Getenv("TENCENTCLOUD_REGION")
	if region == "" {
		region = "ap-guangzhou"
	}
	c, err := New(Options{
		Endpoint: "https://" + sesapi.Regions()[region], Region: region, Credentials: credentials, Getenv: os.Getenv, Rate: 10, Version: "sesctl-live-test",
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// need skips a test for a row that nobody has confirmed, and logs what is still to
// find out.
func need(t *testing.T, ops ...sesapi.Operation) {
	t.Helper()
	if os.Getenv(envLiveInferred) != "" {
		return
	}
	for _, op := range ops {
		if row := sesapi.Default().Row(op); row.Mark == sesapi.Inferred {
			t.Skipf("open question: does the service %s by the action %s, with the parameters %v and the answer %v? (%s)",
				row.Summary, row.Action, row.Request, row.Response, row.Source)
		}
	}
}

func TestLiveReads(t *testing.T) {
	for _, row := range sesapi.Default().Rows() {
		if row.Write {
			continue
		}
		t.Run(string(row.Operation), func(t *testing.T) {
			c := liveClient(t)
			need(t, row.Operation)
			if p := c.Probe(t.Context(), row.Operation); p.Err != nil {
				t.Error(p.Err)
			}
		})
	}
}

func TestLiveContract(t *testing.T) {
	addresses := strings.Split(os.Getenv(envLiveSenders), ",")
	if len(addresses) < 2 {
		t.Skipf("%s does not name two sender addresses whose callbacks may be changed", envLiveSenders)
	}
	storetest.Run(t, func(t *testing.T) storetest.Account {
		c := liveClient(t)
		senders := targets(t, addresses...)
		need(t, sesapi.GetAccountCallback, sesapi.ClearAccountCallback, sesapi.ListSenderCallbacks)
		setAside(t, c, append(senders, callback.Account()))
		return storetest.Account{Store: c, Senders: senders, Need: need}
	})
}

// setAside removes the callbacks of targets, and restores them at the end.
func setAside(t *testing.T, c *Client, targets []callback.Target) {
	t.Helper()
	before := removeAll(t.Context(), t, c, targets)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		removeAll(ctx, t, c, targets)
		for _, target := range targets {
			if url := before.URL(target); url != "" {
				if _, err := c.Make(ctx, callback.NewChange(target, "", url)); err != nil {
					t.Errorf("put the callback of %s back yourself, %s: %v", target, callback.Mask(url), err)
				}
			}
		}
	})
}

func removeAll(ctx context.Context, t *testing.T, c *Client, targets []callback.Target) callback.Set {
	t.Helper()
	snapshot, err := c.Load(ctx, callback.PartCallbacks)
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		if url := snapshot.Callbacks.URL(target); url != "" {
			if _, err := c.Make(ctx, callback.NewChange(target, url, "")); err != nil {
				t.Fatal(err)
			}
		}
	}
	return snapshot.Callbacks
}

package ses

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/sesctl/sesctl/internal/emulator"
	"github.com/sesctl/sesctl/internal/ses/storetest"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

func contractSenders() []string {
	return []string{"noreply@mail.example.com", "news@mail.example.com", "ops@xn--bcher-kva.example"}
}

func targets(t *testing.T, addresses ...string) []callback.Target {
	t.Helper()
	var out []callback.Target
	for _, address := range addresses {
		target, err := callback.ParseSender(address)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, target)
	}
	return out
}

func openEmulator(t *testing.T, table sesapi.Table) *emulator.Emulator {
	t.Helper()
	e, err := emulator.Open(t.Context(), emulator.Options{Senders: contractSenders(), Table: table})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

func localCredentials() Credentials {
	return Credentials{SecretID: "local", SecretKey: "local", Source: "this test"}
}

// newClient returns a client whose pauses take no time.
func newClient(t *testing.T, o Options) *Client {
	t.Helper()
	if o.Credentials.SecretID == "" {
		o.Credentials = localCredentials()
	}
	if o.Region == "" {
		o.Region = "ap-guangzhou"
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c.pause = func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return c
}

func TestContractInProcess(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Account {
		t.Parallel()
		e := openEmulator(t, sesapi.Default())
		return storetest.Account{
			Store:   newClient(t, Options{Endpoint: "http://localhost", Transport: e.Transport()}),
			Senders: targets(t, contractSenders()...),
		}
	})
}

func TestContractOverHTTP(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Account {
		t.Parallel()
		return overHTTP(t, openEmulator(t, sesapi.Default()), sesapi.Default())
	})
}

func overHTTP(t *testing.T, handler http.Handler, table sesapi.Table) storetest.Account {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return storetest.Account{
		Store:   newClient(t, Options{Endpoint: server.URL, Table: table, Version: "sesctl-test"}),
		Senders: targets(t, contractSenders()...),
	}
}

// TestContractRenamed runs the suite with another name for every action and every
// field. Some fields are nested.
func TestContractRenamed(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Account {
		t.Parallel()
		table := renamed(t)
		return overHTTP(t, openEmulator(t, table), table)
	})
}

func renamed(t *testing.T) sesapi.Table {
	t.Helper()
	overrides := map[sesapi.Operation]sesapi.Override{}
	for _, row := range sesapi.Default().Rows() {
		o := sesapi.Override{Action: "X" + row.Action, Request: map[string]string{}, Response: map[string]string{}}
		for key, name := range row.Request {
			o.Request[key] = "In" + name
		}
		for key, name := range row.Response {
			o.Response[key] = "Out" + name
		}
		overrides[row.Operation] = o
	}
	get := overrides[sesapi.GetAccountCallback]
	get.Response[sesapi.KeyURL] = "Data.Callback.Url"
	list := overrides[sesapi.ListSenderCallbacks]
	list.Response[sesapi.KeyItems], list.Response[sesapi.KeyTotal], list.Response[sesapi.KeyURL] = "Data.List", "Data.Count", "Callback.Url"
	remove := overrides[sesapi.ClearAccountCallback]
	remove.Action, remove.Request = "XRemoveWebhookUrl", map[string]string{sesapi.KeyURL: ""}
	overrides[sesapi.ClearAccountCallback] = remove
	table, err := sesapi.Default().With(overrides)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

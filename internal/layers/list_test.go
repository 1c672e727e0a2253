package layers_test

// layers is the import rule, from the bottom up: a package may import packages of
// lower rows only, and none of its own row. Every package is in a row, except the
// measurements and demonstrations, which use what they show. A package that does
// not exist yet may be in the list.
func layers() [][]string {
	return [][]string{
		{"pkg/callback", "pkg/event"},
		{"internal/catalog", "internal/failure", "internal/files", "internal/interrupt", "internal/seed", "internal/sesapi", "internal/yamltext"},
		{"internal/network"},
		{"internal/emulator/delivery", "internal/emulator/state", "internal/emulator/tc3", "internal/emulator/web"},
		{
			"internal/capture", "internal/config", "internal/emulator", "internal/journal", "internal/manifest",
			"internal/output", "internal/report", "internal/ses", "internal/ses/storetest", "internal/webhook",
		},
		{"internal/loan", "internal/planfile", "pkg/sestest"},
		{"internal/account"},
		{"internal/cli", "internal/relay"},
		{"internal/relaycli"},
		{"cmd/sesctl", "cmd/sesctl-relay", "internal/gendocs", "internal/layers", "internal/prose", "internal/zhdocs"},
	}
}

// free are the folders whose packages may import anything.
func free() []string { return []string{"bench", "scripts"} }

// library is a library, and the packages that may use it. With none, only tests may.
type library struct {
	path   string // the beginning of its import paths
	owners []string
}

func libraries() []library {
	return []library{
		{"github.com/chromedp/", nil},
		{"github.com/gofrs/flock", []string{"internal/files"}},
		{"github.com/itchyny/gojq", []string{"internal/output"}},
		{"github.com/nats-io/nats-server", nil},
		{"github.com/nats-io/nats.go", []string{"internal/relay"}},
		{"github.com/olekukonko/tablewriter", []string{"internal/output"}},
		{"github.com/prometheus/", []string{"internal/relay"}},
		{"github.com/rivo/uniseg", []string{"internal/output"}},
		{"github.com/rogpeppe/go-internal/", nil},
		{"github.com/santhosh-tekuri/jsonschema", nil},
		{"github.com/schollz/progressbar", []string{"internal/cli"}},
		{"github.com/spf13/", []string{"internal/cli", "internal/gendocs", "internal/relaycli"}},
		{"github.com/tencentcloud/", []string{"internal/ses"}},
		{"github.com/tidwall/btree", []string{"internal/emulator/state"}},
		{"github.com/twmb/franz-go", []string{"internal/relay"}},
		{"github.com/twmb/franz-go/pkg/kfake", nil},
		{"go.etcd.io/bbolt", []string{"internal/emulator/state"}},
		{"go.yaml.in/yaml/", []string{"internal/config", "internal/manifest", "internal/output", "internal/relaycli"}},
		{"golang.org/x/net/idna", []string{"pkg/callback"}},
		{"golang.org/x/term", []string{"cmd/sesctl-relay", "internal/cli"}},
		{"mvdan.cc/sh/", []string{"internal/capture"}},
		{"pgregory.net/rapid", nil},
	}
}

// allowed are the libraries that the packages below pkg may use besides the
// standard library and each other.
func allowed() []string { return []string{"golang.org/x/net/idna"} }

// light are the beginnings of import paths that the program sesctl does not link:
// what the engines of sesctl-relay need.
func light() []string {
	return []string{module + "internal/relay", "github.com/nats-io/", "github.com/prometheus/", "github.com/twmb/"}
}

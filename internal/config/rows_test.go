package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/sesapi"
)

func testRows() map[sesapi.Operation]sesapi.Override {
	return map[sesapi.Operation]sesapi.Override{
		sesapi.GetAccountCallback: {Action: "QueryHook", Response: map[string]string{"url": "Data.Hook"}, Mark: sesapi.Learned, Day: "2026-11-26", Source: "a capture of the console"},
		sesapi.ListSenderCallbacks: {Action: "ListHook", Request: map[string]string{"offset": "", "limit": "Limit"}, Types: map[string]string{"limit": "string"},
			Response: map[string]string{"items": "L", "total": ""}, None: []string{"-", "missing"}, Mark: sesapi.Probed, Day: "2026-11-26"},
	}
}

const bare = `      get-account-callback:
        action: QueryHook
        response: {url: Data.Hook}
        learned: "2026-11-26"
        source: a capture of the console
      list-sender-callbacks:
        action: ListHook
        request: {limit: {name: Limit, type: string}, offset: ""}
        response: {items: L, total: ""}
        none: ["-", missing]
        probed: "2026-11-26"
`

// TestEditRows puts rows into files that people wrote, and keeps what they wrote.
func TestEditRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ before, after string }{
		"no file":          {"", "profiles:\n  prod:\n    api:\n" + bare},
		"comment alone":    {"# mine\n", "# mine\nprofiles:\n  prod:\n    api:\n" + bare},
		"other profile":    {"profiles:\n  default: # mine\n    region: ap-hongkong\n", "profiles:\n  default: # mine\n    region: ap-hongkong\n  prod:\n    api:\n" + bare},
		"no api":           {"profiles:\n  prod:\n    # here\n    region: ap-hongkong # there\n\n  other:\n    region: ap-singapore\n", "profiles:\n  prod:\n    # here\n    region: ap-hongkong # there\n    api:\n" + bare + "\n  other:\n    region: ap-singapore\n"},
		"empty api":        {"profiles:\n  prod:\n    api: {}\n", "profiles:\n  prod:\n    api: {}\n"},
		"null api":         {"profiles:\n  prod:\n    api:\n    region: x\n", "profiles:\n  prod:\n    api:\n" + bare + "    region: x\n"},
		"rows replaced":    {"profiles:\n  prod:\n    api:\n      # why\n      get-account-callback:\n        action: Old\n      send-email: {action: S} # keep\n      list-sender-callbacks: off\n", "profiles:\n  prod:\n    api:\n      # why\n" + strings.Replace(bare, "      list-sender", "      send-email: {action: S} # keep\n      list-sender", 1)},
		"Windows line end": {"profiles:\r\n  prod:\r\n    region: x\r\n", strings.ReplaceAll("profiles:\n  prod:\n    region: x\n    api:\n"+bare, "\n", "\r\n")},
		"wide indentation": {"profiles:\n    prod:\n        region: x\n", "profiles:\n    prod:\n        region: x\n        api:\n"},
		"flow":             {"profiles: {prod: {region: x}, b: {region: y}} # all\n", ""},
		"no end of line":   {"profiles:\n  prod:\n    region: x", "profiles:\n  prod:\n    region: x\n    api:\n" + bare},
		"folded text":      {"profiles:\n  prod:\n    ca_file: >-\n      /etc/ca.pem\n      x\n    api:\n      send-email: {action: S}\n", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := editRows("config.yaml", []byte(test.before), "prod", testRows())
			if err != nil {
				t.Fatal(err)
			}
			if name == "empty api" {
				test.after = "profiles:\n  prod:\n    api:\n" + bare
			}
			if test.after != "" && !strings.HasPrefix(string(got), test.after) {
				t.Errorf("got\n%s\nwant\n%s", got, test.after)
			}
			for _, comment := range []string{"# mine", "# here", "# there", "# why", "# keep", "# all"} {
				if strings.Contains(test.before, comment) && !strings.Contains(string(got), comment) {
					t.Errorf("%s is gone:\n%s", comment, got)
				}
			}
			again, err := editRows("config.yaml", got, "prod", testRows())
			if err != nil || string(again) != string(got) {
				t.Errorf("written twice: %v\n%s", err, again)
			}
		})
	}
}

func TestWriteRowsKeepsACopy(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "sub", "config.yaml")
	backup, err := WriteRows(path, "prod", testRows())
	if err != nil || backup != "" {
		t.Fatalf("%q, %v", backup, err)
	}
	first, _ := os.ReadFile(path)
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	backup, err = WriteRows(path, "other", testRows())
	if err != nil {
		t.Fatal(err)
	}
	if copied, _ := os.ReadFile(backup); string(copied) != string(first) {
		t.Errorf("the copy is %q", copied)
	}
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o640 {
		t.Errorf("mode %v", info.Mode())
	}
	data, _ := os.ReadFile(path)
	file, err := parse(path, data)
	if err != nil || len(file.Profiles) != 2 || !reflect.DeepEqual(file.Profiles["prod"].overrides(), testRows()) {
		t.Errorf("%v %+v", err, file)
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "sub", ".*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWriteRowsRefusesABrokenFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config.yaml")
	broken := []byte("profiles:\n  prod:\n    regiom: x\n")
	if err := os.WriteFile(path, broken, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := WriteRows(path, "prod", testRows()); err == nil || !strings.Contains(err.Error(), "line 3") {
		t.Errorf("%v", err)
	}
	if data, _ := os.ReadFile(path); string(data) != string(broken) {
		t.Errorf("the file is %q", data)
	}
}

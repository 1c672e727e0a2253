package config_test

import (
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sesctl/sesctl/internal/config"
	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/sesapi"
)

const file = `
profiles:
  default:
    region: ap-hongkong
  prod:
    region: ap-singapore
    endpoint: https://ses.example.com
    credentials: {source: tccli, name: prod}
    allowed_ports: [8443]
    ca_file: /etc/ca.pem
    language: zh-CN
    api:
      get-account-callback: {action: DescribeUrl, response: {url: A.B}}
`

func load(t *testing.T, content string, flags config.Flags, env map[string]string) (config.Settings, error) {
	t.Helper()
	folder := t.TempDir()
	dirs := config.Dirs{Home: folder, Config: folder, State: filepath.Join(folder, "state")}
	if content != "" {
		if err := os.WriteFile(filepath.Join(folder, "config.yaml"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return config.Load(flags, dirs, func(name string) string { return env[name] })
}

func TestOrder(t *testing.T) {
	t.Parallel()
	yes, no := true, false
	for _, test := range []struct {
		name                     string
		file                     string
		flags                    config.Flags
		env                      map[string]string
		region, endpoint, origin string
		local                    bool
	}{
		{name: "default", region: "ap-guangzhou", endpoint: "https://ses.tencentcloudapi.com", origin: "default for region ap-guangzhou"},
		{name: "the profile default", file: file, region: "ap-hongkong", endpoint: "https://ses.tencentcloudapi.com", origin: "default for region ap-hongkong"},
		{name: "profile", file: file, flags: config.Flags{Profile: "prod"}, region: "ap-singapore", endpoint: "https://ses.example.com", origin: "profile prod"},
		{name: "profile from the environment", file: file, env: map[string]string{"SESCTL_PROFILE": "prod"}, region: "ap-singapore", endpoint: "https://ses.example.com", origin: "profile prod"},
		{name: "environment before profile", file: file, flags: config.Flags{Profile: "prod"},
			env:    map[string]string{"SESCTL_ENDPOINT": "https://env.example.com", "TENCENTCLOUD_REGION": "ap-guangzhou"},
			region: "ap-guangzhou", endpoint: "https://env.example.com", origin: "SESCTL_ENDPOINT"},
		{name: "flag before environment", flags: config.Flags{Endpoint: "https://flag.example.com", Region: "ap-singapore"},
			env:    map[string]string{"SESCTL_ENDPOINT": "https://env.example.com", "TENCENTCLOUD_REGION": "ap-guangzhou"},
			region: "ap-singapore", endpoint: "https://flag.example.com", origin: "--endpoint"},
		{name: "the endpoint follows the region", flags: config.Flags{Region: "ap-singapore"},
			region: "ap-singapore", endpoint: "https://ses.intl.tencentcloudapi.com", origin: "default for region ap-singapore"},
		{name: "local flag", flags: config.Flags{Local: &yes}, region: "ap-guangzhou", endpoint: "https://ses.tencentcloudapi.com", origin: "default for region ap-guangzhou", local: true},
		{name: "local variable", env: map[string]string{"SESCTL_LOCAL": "true"}, region: "ap-guangzhou", endpoint: "https://ses.tencentcloudapi.com", origin: "default for region ap-guangzhou", local: true},
		{name: "local flag is false", flags: config.Flags{Local: &no}, env: map[string]string{"SESCTL_LOCAL": "1"}, region: "ap-guangzhou", endpoint: "https://ses.tencentcloudapi.com", origin: "default for region ap-guangzhou"},
		{name: "endpoint flag before local variable", flags: config.Flags{Endpoint: "https://a.example.com"}, env: map[string]string{"SESCTL_LOCAL": "1"},
			region: "ap-guangzhou", endpoint: "https://a.example.com", origin: "--endpoint"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s, err := load(t, test.file, test.flags, test.env)
			if err != nil {
				t.Fatal(err)
			}
			if s.Region.Value != test.region || s.Endpoint.Value != test.endpoint || s.Endpoint.From != test.origin || s.Local != test.local {
				t.Errorf("region %+v, endpoint %+v, local %v", s.Region, s.Endpoint, s.Local)
			}
		})
	}
}

func TestProfile(t *testing.T) {
	t.Parallel()
	s, err := load(t, file, config.Flags{Profile: "prod"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.Credentials != (config.Credentials{Source: "tccli", Name: "prod"}) || s.CAFile != "/etc/ca.pem" || s.Language != "zh-CN" || len(s.AllowedPorts) != 1 {
		t.Errorf("%+v", s)
	}
	row := s.Table.Row(sesapi.GetAccountCallback)
	if row.Action != "DescribeUrl" || row.Response[sesapi.KeyURL] != "A.B" || !row.Replaced {
		t.Errorf("%+v", row)
	}
}

// TestNoHome has no folder at all, as in a container whose user has no home folder.
func TestNoHome(t *testing.T) {
	t.Parallel()
	load := func(flags config.Flags, env map[string]string) (config.Settings, error) {
		return config.Load(flags, config.Dirs{}, func(name string) string { return env[name] })
	}
	yes := true
	s, err := load(config.Flags{Local: &yes, LocalState: "x.db"}, nil)
	if err != nil || s.LocalState != "x.db" || s.File != "" {
		t.Errorf("a named state file: %+v, %v", s, err)
	}
	s, err = load(config.Flags{Local: &yes}, nil)
	if err != nil || s.LocalState != "" {
		t.Errorf("no state file: %q, %v", s.LocalState, err)
	}
	if _, err := s.LocalStateFile(); failure.KindOf(err) != failure.Failure || !strings.Contains(strings.Join(failure.HintsOf(err), ""), "--local-state") {
		t.Errorf("no state file: %v", err)
	}
	if _, err := load(config.Flags{Profile: "prod"}, nil); failure.KindOf(err) != failure.Usage || !strings.Contains(err.Error(), "the home folder is unknown") {
		t.Errorf("a profile: %v", err)
	}
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	if s, err := load(config.Flags{Profile: "prod"}, map[string]string{"SESCTL_CONFIG": path}); err != nil || s.Region.Value != "ap-singapore" {
		t.Errorf("a named configuration: %+v, %v", s.Region, err)
	}
}

// TestCAFile finds the file beside the configuration that names it, wherever the
// command runs.
func TestCAFile(t *testing.T) {
	t.Parallel()
	dirs := config.Dirs{Home: t.TempDir(), Config: t.TempDir()}
	elsewhere := t.TempDir()
	for written, want := range map[string]string{
		"ca.pem":          filepath.Join(dirs.Config, "ca.pem"),
		"./certs/ca.pem":  filepath.Join(dirs.Config, "certs", "ca.pem"),
		"~/ca.pem":        filepath.Join(dirs.Home, "ca.pem"),
		"./~other/ca.pem": filepath.Join(dirs.Config, "~other", "ca.pem"),
		elsewhere:         elsewhere,
	} {
		text := "profiles:\n  default:\n    ca_file: '" + written + "'\n"
		if err := os.WriteFile(filepath.Join(dirs.Config, "config.yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := config.Load(config.Flags{}, dirs, func(string) string { return "" })
		if err != nil || s.CAFile != want {
			t.Errorf("ca_file %s is %s, %v", written, s.CAFile, err)
		}
	}
	homeless := config.Dirs{Config: dirs.Config}
	if err := os.WriteFile(filepath.Join(dirs.Config, "config.yaml"), []byte("profiles: {default: {ca_file: ~/ca.pem}}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(config.Flags{}, homeless, func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), "set HOME") {
		t.Errorf("without a home folder: %v", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	yes := true
	for _, test := range []struct {
		name  string
		file  string
		flags config.Flags
		env   map[string]string
		want  string
	}{
		{name: "unknown key", file: "profiles:\n  a:\n    regoin: x\n", want: `line 3, column 5: unknown key "regoin"`},
		{name: "unknown key at the top", file: "profile: {}\n", want: `line 1, column 1: unknown key "profile"`},
		{name: "wrong type", file: "profiles:\n  a:\n    allowed_ports: [x]\n", want: "line 3, column 21: wrong type"},
		{name: "duplicate", file: "profiles:\n  a: {}\n  a: {}\n", want: "line 3"},
		{name: "not YAML", file: "profiles: [\n", want: "line 2"},
		{name: "two documents", file: "profiles: {}\n---\nprofiles: {}\n", want: "a second document"},
		{name: "port", file: "profiles:\n  a:\n    allowed_ports: [0]\n", want: "profile a: allowed_ports: 0 is not a port"},
		{name: "source", file: "profiles:\n  a:\n    credentials: {source: magic}\n", want: `credentials.source is "magic"`},
		{name: "a role without its source", file: "profiles:\n  a:\n    credentials: {role: mail}\n", want: "only source: cvm has a role"},
		{name: "a name without its source", file: "profiles:\n  a:\n    credentials: {source: env, name: work}\n", want: "source: env has no names"},
		{name: "ca_file of another user", file: "profiles:\n  default:\n    ca_file: ~other/ca.pem\n", want: "the home folder of another user"},
		{name: "language", file: "profiles:\n  a:\n    language: en_US\n", want: `config.yaml: profile a: language is "en_US"; it must be one of en-US, zh-CN`},
		{name: "operation", file: "profiles:\n  default:\n    api: {get-webhook: {action: X}}\n", want: "api.get-webhook: unknown operation"},
		{name: "field", file: "profiles:\n  default:\n    api: {get-account-callback: {response: {uri: X}}}\n", want: "response.uri: unknown field; the fields are url"},
		{name: "empty response name", file: "profiles:\n  default:\n    api: {get-account-callback: {response: {url: ''}}}\n", want: "response.url: the name is empty"},
		{name: "no such profile", file: file, flags: config.Flags{Profile: "x"}, want: `no profile "x" (from --profile)`},
		{name: "no file for the profile", flags: config.Flags{Profile: "x"}, want: "there is no configuration file"},
		{name: "many unknown keys", file: "a: 1\nb: 1\nc: 1\nd: 1\ne: 1\nf: 1\n", want: "and 1 more"},
		{name: "text that cannot be a key is not repeated", file: "root:*:secret: 1\n", want: "line 1, column 1: unknown key"},
		{name: "region", flags: config.Flags{Region: "x\ny"}, want: "region \"x\\ny\" (--region)"},
		{name: "local and endpoint", flags: config.Flags{Local: &yes, Endpoint: "https://a.example.com"}, want: "--local and --endpoint cannot be used together"},
		{name: "both variables", env: map[string]string{"SESCTL_LOCAL": "1", "SESCTL_ENDPOINT": "https://a.example.com"}, want: "SESCTL_LOCAL and SESCTL_ENDPOINT cannot be used together"},
		{name: "local variable", env: map[string]string{"SESCTL_LOCAL": "maybe"}, want: `SESCTL_LOCAL is "maybe"`},
		{name: "line separator in a comment", file: "profiles:\n  a: {} # note\u2028  b: {}\n", want: "config.yaml: line 2, column 15: the character U+2028 (line separator) ends a line"},
		{name: "hidden text in quotes", file: "profiles:\n  \"a\u200b\": {}\n", want: "config.yaml: line 2, column 5: the character U+200B (zero width space) cannot be seen"},
		{name: "many hidden characters", file: "# \u202e\u202e\u202e\u202e\u202e\u202e\u202e\n", want: "; and 2 more"},
		{name: "not UTF-8", file: "# \xff\n", want: "line 1, column 3: the byte FF is not UTF-8"},
		{name: "mask", file: "profiles:\n  a:\n    mask: [path:1, query]\n", want: `profile a: mask: "query" is not path:N`},
		{name: "mask of nothing", file: "profiles:\n  a:\n    mask: ['path:0']\n", want: `mask: "path:0" is not path:N`},
		{name: "text that cannot be a key is not repeated", file: "root:*:secret: 1\n", want: "line 1, column 1: unknown key"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := load(t, test.file, test.flags, test.env)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%v does not contain %q", err, test.want)
			}
			if kind := failure.KindOf(err); kind != failure.Usage {
				t.Errorf("kind %s", kind)
			}
		})
	}
}

// TestSameMistakeEachTime checks which of several mistakes in a file is reported: always the
// same one.
func TestSameMistakeEachTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "rows.yaml")
	if err := os.WriteFile(path, []byte("set-account-callback: {learned: soon}\nlist-senders: {learned: soon}\nsend-email: {learned: soon}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		_, err := load(t, "profiles:\n  c: {language: x}\n  b: {language: x}\n  a: {api: {send-email: {learned: soon}, list-senders: {learned: soon}}}\n", config.Flags{}, nil)
		if err == nil || !strings.Contains(err.Error(), "profile a: api.list-senders.learned is") {
			t.Fatalf("several profiles: %v", err)
		}
		_, err = config.LoadRows(path, sesapi.Default())
		if err == nil || !strings.Contains(err.Error(), path+": api.list-senders.learned is") || failure.KindOf(err) != failure.Usage {
			t.Fatalf("several rows: %v", err)
		}
	}
}

func TestLoopback(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]bool{
		"http://127.0.0.1:8025": true, "http://localhost": true, "http://[::1]:80": true, "http://127.9.9.9": true,
		"https://ses.tencentcloudapi.com": false, "http://127.example.com": false, "http://localhost.example.com": false, "://": false, "": false,
	} {
		if got := config.IsLoopback(url); got != want {
			t.Errorf("IsLoopback(%q) = %v", url, got)
		}
	}
}

func TestDirs(t *testing.T) {
	t.Parallel()
	env := map[string]string{"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "HOME": "/h", "USERPROFILE": "/h"}
	dirs, err := config.FindDirs(func(name string) string { return env[name] })
	if err != nil || dirs.Config != filepath.Join("/c", "sesctl") || dirs.State != filepath.Join("/s", "sesctl") || dirs.Home != "/h" {
		t.Errorf("%+v, %v", dirs, err)
	}
	// Without HOME, the home folder comes from the password file.
	if u, err := user.Current(); err == nil {
		if dirs, err := config.FindDirs(func(string) string { return "" }); err != nil || dirs.Home != u.HomeDir {
			t.Errorf("%+v, %v", dirs, err)
		}
	}
	env["XDG_STATE_HOME"] = "relative"
	if dirs, err := config.FindDirs(func(name string) string { return env[name] }); err != nil || !strings.HasPrefix(dirs.State, filepath.FromSlash("/h")) {
		t.Errorf("a relative folder: %+v, %v", dirs, err)
	}
	if runtime.GOOS == "linux" {
		dirs, err = config.FindDirs(func(name string) string { return map[string]string{"HOME": "/h"}[name] })
		if err != nil || dirs.Config != "/h/.config/sesctl" || dirs.State != "/h/.local/state/sesctl" {
			t.Errorf("%+v, %v", dirs, err)
		}
	}
}

func TestFileThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/nowhere/config.yaml", t.TempDir()} {
		_, err := load(t, "", config.Flags{}, map[string]string{"SESCTL_CONFIG": path})
		if err == nil || !strings.Contains(err.Error(), path) || failure.KindOf(err) != failure.Failure {
			t.Errorf("%s: %v of kind %s", path, err, failure.KindOf(err))
		}
	}
}

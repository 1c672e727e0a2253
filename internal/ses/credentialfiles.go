package ses

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/pkg/callback"
)

// tccliFile is a credential file of Tencent's CLI. What it writes after a login
// has a type, a token and a time; after "tccli configure", a key pair alone.
type tccliFile struct {
	Type       string          `json:"type"`
	SecretID   string          `json:"secretId"`
	SecretKey  string          `json:"secretKey"`
	Token      string          `json:"token"`
	ExpiresAt  json.Number     `json:"expiresAt"` // seconds since 1970
	RoleARN    string          `json:"role-arn"`
	UseCVMRole json.RawMessage `json:"use-cvm-role"`
}

func (o CredentialOptions) fromTCCLI() (found, error) {
	name := o.Name
	if name == "" {
		name = o.Getenv(envProfile)
	}
	if name == "" {
		name = "default"
	}
	if name != strings.Trim(name, ".") || strings.ContainsAny(name, `/\:`) {
		return found{}, failure.New(failure.Auth, "%s is no name of a profile of Tencent's CLI", callback.Quote(name))
	}
	if o.Home == "" {
		return found{missing: "there is no home folder to look for .tccli in"}, nil
	}
	path := o.path(".tccli", name+".credential")
	data, there, err := readCredentialFile(path)
	if err != nil {
		return found{}, err
	}
	if !there {
		if o.Name != "" {
			return found{}, failure.New(failure.Auth, "no credentials: the profile names %s, which is not there", path)
		}
		return found{missing: path + " is not there"}, nil
	}
	var file tccliFile
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\ufeff")), &file); err != nil {
		// The text of err may repeat a value.
		return found{}, failure.New(failure.Auth, "%s is not a credential file of Tencent's CLI: it is not valid JSON, or a field has the wrong type", path)
	}
	return o.checkTCCLI(file, path)
}

func (o CredentialOptions) checkTCCLI(file tccliFile, path string) (found, error) {
	login := "tccli configure"
	switch file.Type {
	case "oauth":
		login = "tccli auth login"
	case "sso":
		login = "tccli sso login"
	}
	switch {
	case file.RoleARN != "":
		return found{}, unsupported(path, "it names a role to assume")
	case file.SecretID == "" && file.SecretKey == "" && isTrue(file.UseCVMRole):
		return found{}, unsupported(path, "it asks for the role of the machine").WithHint("say 'source: cvm' under credentials in the profile")
	case file.SecretID == "" && file.SecretKey == "" && file.Type != "" && file.Type != "secret":
		return found{}, unsupported(path, fmt.Sprintf("it is of type %s and holds no key pair", callback.Quote(file.Type))).WithHint("run '%s'", login)
	case file.SecretID == "" && file.SecretKey == "":
		return found{}, failure.New(failure.Auth, "%s holds no key pair", path).WithHint("run '%s'", login)
	case file.SecretID == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secretId is missing", path)
	case file.SecretKey == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secretKey is missing", path)
	}
	if file.ExpiresAt != "" {
		seconds, err := file.ExpiresAt.Float64()
		if err != nil {
			return found{}, failure.New(failure.Auth, "%s: expiresAt is not a number of seconds", path)
		}
		if end := time.Unix(int64(seconds), 0); seconds > 0 && !o.Now().Before(end) {
			return found{}, failure.New(failure.Auth, "%s: the credentials expired at %s", path, end.UTC().Format(time.RFC3339)).WithHint("run '%s'", login)
		}
	}
	return o.complete(Credentials{SecretID: file.SecretID, SecretKey: file.SecretKey, Token: file.Token, Source: path})
}

func unsupported(path, why string) *failure.Error {
	return failure.New(failure.Auth, "%s is of a kind that sesctl does not support: %s", path, why)
}

func isTrue(value json.RawMessage) bool {
	return strings.Trim(string(value), `"`) == "true"
}

func (o CredentialOptions) fromFile() (found, error) {
	path, from := o.Getenv(envFile), envFile
	if path == "" {
		if o.Home == "" {
			return found{missing: "there is no home folder to look for .tencentcloud in"}, nil
		}
		path, from = o.path(".tencentcloud", "credentials"), ""
	}
	data, there, err := readCredentialFile(path)
	switch {
	case err != nil:
		return found{}, err
	case !there && from != "":
		return found{}, failure.New(failure.Auth, "no credentials: %s names %s, which is not there", from, path)
	case !there:
		return found{missing: path + " is not there"}, nil
	}
	name := "default"
	if o.Source == sourceFile {
		name = cmp.Or(o.Name, name)
	}
	section, err := readSection(data, path, name)
	if err != nil {
		return found{}, err
	}
	id, key := section["secret_id"], section["secret_key"]
	switch {
	case id == "" && key == "":
		return found{}, failure.New(failure.Auth, "%s holds no secret_id and secret_key in its section [%s]", path, name)
	case id == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secret_id is missing in its section [%s]", path, name)
	case key == "":
		return found{}, failure.New(failure.Auth, "%s holds half of a key pair: secret_key is missing in its section [%s]", path, name)
	}
	return o.complete(Credentials{SecretID: id, SecretKey: key, Token: section["secret_token"], Source: path})
}

// readSection returns a section of a file in the form that Tencent's SDKs read:
// [section], key = value, and comments behind # or ; at the beginning of a line.
func readSection(data []byte, path, wantedName string) (map[string]string, error) {
	wanted := map[string]string{}
	section, number := "", 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if line[0] == '[' {
			name, closed := strings.CutSuffix(line[1:], "]")
			if section = strings.TrimSpace(name); !closed || section == "" {
				return nil, failure.New(failure.Auth, "%s, line %d: a section is written as [name]", path, number)
			}
			continue
		}
		key, value, found := strings.Cut(line, "=")
		if key = strings.TrimSpace(key); !found || key == "" {
			return nil, failure.New(failure.Auth, "%s, line %d: neither a section nor key = value", path, number)
		}
		if section == wantedName {
			wanted[key] = strings.TrimSpace(value)
		}
	}
	return wanted, nil
}

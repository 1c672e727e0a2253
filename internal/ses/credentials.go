package ses

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/sesctl/sesctl/internal/failure"
)

// Credentials is a key pair, with its token where it is a temporary one. It
// prints as the place that it comes from.
type Credentials struct {
	SecretID  string `json:"-"`
	SecretKey string `json:"-"`
	Token     string `json:"-"`
	Source    string // in words
}

// String holds no secret.
func (c Credentials) String() string { return "credentials from " + c.Source }

// GoString holds no secret.
func (c Credentials) GoString() string { return "ses.Credentials{" + c.Source + "}" }

// LogValue holds no secret.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// The sources that a profile may ask for.
const (
	sourceUsual = ""
	sourceEnv   = "env"
	sourceTCCLI = "tccli"
	sourceFile  = "file"
	sourceCVM   = "cvm"
	sourceOIDC  = "oidc"
)

// The variables that hold credentials, as Tencent's tools name them.
const (
	envSecretID  = "TENCENTCLOUD_SECRET_ID"
	envSecretKey = "TENCENTCLOUD_SECRET_KEY"
	envToken     = "TENCENTCLOUD_TOKEN"
	envFile      = "TENCENTCLOUD_CREDENTIALS_FILE"
	envProfile   = "TCCLI_PROFILE"
)

// CredentialOptions says where to look for credentials.
type CredentialOptions struct {
	Getenv func(string) string
	Home   string // the user's home folder
	// Source is "" for the usual order, or env, tccli, file, cvm or oidc.
	Source string
	// Name is that of the profile of Tencent's CLI, "" for TCCLI_PROFILE or default;
	// for source file, of the section of the file, "" for default.
	Name string
	Role string // of the CVM; "" asks the machine for it
	Now  func() time.Time
}

// FindCredentials returns the first credentials that are complete: those of the
// environment, of Tencent's CLI (~/.tccli/NAME.credential), and of
// ~/.tencentcloud/credentials (TENCENTCLOUD_CREDENTIALS_FILE names another); or
// those of the one source that is asked for. Half a pair, a file that cannot be
// read or understood, and credentials that have expired are errors of kind auth
// that name the source, and never end in a look at the next.
func FindCredentials(ctx context.Context, o CredentialOptions) (Credentials, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	switch o.Source {
	case sourceUsual:
		return o.usual()
	case sourceEnv:
		return require(o.fromEnv())
	case sourceTCCLI:
		return require(o.fromTCCLI())
	case sourceFile:
		return require(o.fromFile())
	case sourceCVM:
		return fromCVM(ctx, o.Role)
	case sourceOIDC:
		return fromOIDC(ctx)
	}
	return Credentials{}, failure.New(failure.Usage, "there is no source of credentials %q; there are env, tccli, file, cvm and oidc", o.Source)
}

// found is what one source gave; missing says, where it gave nothing, what was
// looked for.
type found struct {
	credentials Credentials
	missing     string
}

func require(f found, err error) (Credentials, error) {
	if err == nil && f.missing != "" {
		err = failure.New(failure.Auth, "no credentials: %s", f.missing)
	}
	return f.credentials, err
}

func (o CredentialOptions) usual() (Credentials, error) {
	var missing []string
	for _, source := range []func() (found, error){o.fromEnv, o.fromTCCLI, o.fromFile} {
		f, err := source()
		if err != nil || f.missing == "" {
			return f.credentials, err
		}
		missing = append(missing, f.missing)
	}
	return Credentials{}, failure.New(failure.Auth, "no credentials: %s", strings.Join(missing, "; ")).
		WithHint("set %s and %s, or run 'tccli configure'", envSecretID, envSecretKey).
		WithHint("without an account: --local acts on the embedded emulator")
}

func (o CredentialOptions) fromEnv() (found, error) {
	id, key := o.Getenv(envSecretID), o.Getenv(envSecretKey)
	switch {
	case id == "" && key == "":
		return found{missing: fmt.Sprintf("%s and %s are not set", envSecretID, envSecretKey)}, nil
	case key == "":
		return found{}, failure.New(failure.Auth, "half of a key pair: %s is set, and %s is not", envSecretID, envSecretKey)
	case id == "":
		return found{}, failure.New(failure.Auth, "half of a key pair: %s is set, and %s is not", envSecretKey, envSecretID)
	}
	return o.complete(Credentials{SecretID: id, SecretKey: key, Token: o.Getenv(envToken), Source: "the environment (" + envSecretID + ")"})
}

// complete checks that credentials can be sent: they go into headers.
func (o CredentialOptions) complete(c Credentials) (found, error) {
	for _, part := range []struct{ name, text string }{{"secret id", c.SecretID}, {"secret key", c.SecretKey}, {"token", c.Token}} {
		for _, r := range part.text {
			if r <= ' ' || r > '~' {
				return found{}, failure.New(failure.Auth, "%s: the %s holds a space or another character that cannot be part of one", c.Source, part.name).
					WithHint("copy it again")
			}
		}
	}
	return found{credentials: c}, nil
}

// maxCredentialFile bounds what is read of a file.
const maxCredentialFile = 1 << 20

// readCredentialFile returns the content of a file, and false where there is none.
func readCredentialFile(path string) ([]byte, bool, error) {
	info, err := os.Stat(path)
	switch {
	case os.IsNotExist(err):
		return nil, false, nil
	case err != nil:
		return nil, false, failure.New(failure.Auth, "cannot read credentials: %w", err)
	case !info.Mode().IsRegular():
		return nil, false, failure.New(failure.Auth, "cannot read credentials: %s is not a file", path)
	case info.Size() > maxCredentialFile:
		return nil, false, failure.New(failure.Auth, "cannot read credentials: %s has more than %d bytes", path, maxCredentialFile)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, false, failure.New(failure.Auth, "cannot read credentials: %w", err)
	}
	return data, true, nil
}

func (o CredentialOptions) path(elements ...string) string {
	return filepath.Join(append([]string{o.Home}, elements...)...)
}

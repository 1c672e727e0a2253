package ses

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/sesctl/sesctl/internal/failure"
)

// provider replaces a provider of the SDK.
type provider func() (common.CredentialIface, error)

func (p provider) GetCredential() (common.CredentialIface, error) { return p() }

func TestRoles(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		provider provider
		texts    []string
	}{
		"found": {func() (common.CredentialIface, error) { return common.NewTokenCredential("i", "k", "t"), nil }, nil},
		"no pair": {func() (common.CredentialIface, error) { return common.NewTokenCredential("i", "", "t"), nil },
			[]string{"a role: the answer holds no key pair"}},
		"its own error": {func() (common.CredentialIface, error) {
			return nil, tcerrors.NewTencentCloudSDKError("ClientError.ParseJsonError", "Fail to parse: "+leak, "")
		}, []string{"a role: the request for credentials failed", "try this"}},
		"of the service": {func() (common.CredentialIface, error) {
			return nil, tcerrors.NewTencentCloudSDKError("AuthFailure.UnauthorizedOperation", "no\x1b", "")
		}, []string{`a role: AuthFailure.UnauthorizedOperation: no\x1b`}},
		"network": {func() (common.CredentialIface, error) { return nil, errors.New("Get http://" + leak) }, []string{"the request for credentials failed"}},
	} {
		got, err := fromProvider(t.Context(), test.provider, "a role", "try this")
		if test.texts != nil {
			checkError(t, err, failure.Auth, test.texts...)
		} else if err != nil || got.SecretID+got.SecretKey+got.Token != "ikt" || got.Source != "a role" {
			t.Errorf("%s: found %v, %v", name, got, err)
		}
	}
}

// TestSilentRole checks that the request ends with the context, although the SDK
// continues.
func TestSilentRole(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	defer close(stop)
	silent := provider(func() (common.CredentialIface, error) { <-stop; return nil, errors.New("stopped") })
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	_, err := fromProvider(ctx, silent, "a role", "try this")
	checkError(t, err, failure.Auth, "a role: no answer within the timeout")
	ctx, interrupt := context.WithCancel(t.Context())
	interrupt()
	_, err = fromProvider(ctx, silent, "a role", "try this")
	checkError(t, err, failure.Interrupted)
	_, err = FindCredentials(ctx, CredentialOptions{Source: sourceCVM, Role: "mail"})
	checkError(t, err, failure.Interrupted)
}

func TestPodWithoutIdentity(t *testing.T) {
	if os.Getenv("TKE_REGION") != "" {
		t.Skip("this is a pod with an identity")
	}
	_, err := FindCredentials(t.Context(), CredentialOptions{Source: sourceOIDC})
	checkError(t, err, failure.Auth, "OIDC", "TKE_REGION", "Kubernetes")
}

package ses

import (
	"context"
	"errors"
	"time"

	"github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common"
	tcerrors "github.com/tencentcloud/tencentcloud-sdk-go/tencentcloud/common/errors"

	"github.com/sesctl/sesctl/internal/failure"
)

// fromCVM asks the metadata server of the machine for the credentials of its role
// (document 213/4934, with the SDK's provider).
func fromCVM(ctx context.Context, role string) (Credentials, error) {
	source := "the role of this machine (CVM)"
	if role != "" {
		source = "the role " + role + " of this machine (CVM)"
	}
	return fromProvider(ctx, common.NewCvmRoleProvider(role), source, "the metadata server of CVM answers only on a machine of Tencent Cloud that has a role")
}

// fromOIDC exchanges the identity of a pod for credentials. It uses the variables
// that Tencent Kubernetes Engine sets: TKE_REGION, TKE_PROVIDER_ID,
// TKE_WEB_IDENTITY_TOKEN_FILE and TKE_ROLE_ARN. The SDK reads them from the
// environment of the process.
func fromOIDC(ctx context.Context) (Credentials, error) {
	const source = "the role of this pod (OIDC)"
	const hint = "a pod of Tencent Kubernetes Engine has TKE_REGION, TKE_PROVIDER_ID, TKE_WEB_IDENTITY_TOKEN_FILE and TKE_ROLE_ARN"
	provider, err := common.DefaultTkeOIDCRoleArnProvider()
	if err != nil { // a variable that is not set, or a file that cannot be read
		return Credentials{}, failure.New(failure.Auth, "%s: %w", source, err).WithHint("%s", hint)
	}
	return fromProvider(ctx, provider, source, hint)
}

// roleLimit is the timeout of the request for the credentials of a role. A
// metadata server answers within a second.
const roleLimit = 30 * time.Second

// fromProvider asks a provider of the SDK, which has neither a context nor a
// timeout. If ctx ends first, or roleLimit expires, the provider continues by
// itself, and its result is dropped.
func fromProvider(ctx context.Context, provider common.Provider, source, hint string) (Credentials, error) {
	type result struct {
		credentials Credentials
		err         error
	}
	if ctx.Err() != nil {
		return Credentials{}, roleEnded(ctx, source, hint)
	}
	ctx, cancel := context.WithTimeout(ctx, roleLimit)
	defer cancel()
	results := make(chan result, 1)
	go func() {
		credential, err := provider.GetCredential()
		if err != nil {
			results <- result{err: err}
			return
		}
		id, key, token := credential.GetCredential()
		results <- result{credentials: Credentials{SecretID: id, SecretKey: key, Token: token, Source: source}}
	}()
	select {
	case r := <-results:
		switch {
		case r.err != nil:
			return Credentials{}, roleFailure(r.err, source, hint)
		case r.credentials.SecretID == "" || r.credentials.SecretKey == "":
			return Credentials{}, failure.New(failure.Auth, "%s: the answer holds no key pair", source)
		}
		f, err := complete(r.credentials, partNames{"the secret id of " + source, "the secret key of " + source, "the token of " + source})
		return f.credentials, err
	case <-ctx.Done():
		return Credentials{}, roleEnded(ctx, source, hint)
	}
}

func roleEnded(ctx context.Context, source, hint string) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return failure.New(failure.Interrupted, "interrupted")
	}
	return failure.New(failure.Auth, "%s: no answer within the timeout", source).WithHint("%s", hint)
}

// roleFailure removes the SDK's text about an answer that it did not understand:
// the text repeats the body, which may hold credentials.
func roleFailure(err error, source, hint string) error {
	var api *tcerrors.TencentCloudSDKError
	why := "the request for credentials failed"
	if errors.As(err, &api) && !isClientCode(api.Code) {
		why = plainCode(api.Code)
		if message := cleanMessage(api.Message, nil); message != "" {
			why += ": " + message
		}
	}
	return failure.New(failure.Auth, "%s: %s", source, why).WithHint("%s", hint)
}

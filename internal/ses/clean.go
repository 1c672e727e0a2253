package ses

import (
	"strings"

	"github.com/sesctl/sesctl/internal/network"
	"github.com/sesctl/sesctl/internal/sesapi"
	"github.com/sesctl/sesctl/pkg/callback"
)

// cleanMessage returns a message of the service in a form that may be shown. The
// secrets of the request's URL, and of any other URL in the message, are masked.
// Control characters are escaped, and the length is limited.
func cleanMessage(message string, v values) string {
	const longest = 64 << 10 // the rest is cut off anyway
	if len(message) > longest {
		message = message[:longest]
	}
	if sent, ok := v[sesapi.KeyURL].(string); ok && sent != "" {
		message = network.HideSecrets(message, sent)
	}
	message = callback.MaskText(message)
	return strings.TrimSuffix(strings.Trim(callback.Quote(strings.TrimSpace(message)), `"`), ".")
}

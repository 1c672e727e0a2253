package webhook

import (
	"fmt"
	"net/http"
	"strings"
)

// statusLine uses the words of the standard, not the text of the server.
func statusLine(code int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, http.StatusText(code)))
}

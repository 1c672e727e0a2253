package emulator

import (
	"errors"
	"fmt"

	"github.com/sesctl/sesctl/internal/emulator/state"
	"github.com/sesctl/sesctl/internal/sesapi"
)

// internalError is the answer if the state cannot be read.
func internalError(err error) *apiError {
	return &apiError{sesapi.CodeInternalError, fmt.Sprintf("The state of the emulator cannot be used: %v.", err)}
}

// writeError is the answer if a change could not be written. If the disk fails at the
// last step, the change is visible, and can still be lost.
func writeError(err error) *apiError {
	var unwritten *state.WriteError
	if errors.As(err, &unwritten) && unwritten.Made {
		return refuse(sesapi.CodeInternalError, "The change was made, but it may be lost: %v.", err)
	}
	return refuse(sesapi.CodeInternalError, "Nothing was changed: %v.", err)
}

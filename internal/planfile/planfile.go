package planfile

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

const (
	version = 1
	maxSize = 64 << 20
)

// content is the content of a plan file. It has the state from which the plan was
// made, so that the plan can be computed again and compared with its checksum. The
// seal protects the rest, such as the account.
type content struct {
	Version int `json:"version"`
	journal.Account
	Before   []callback.Callback `json:"before"`
	After    []callback.Callback `json:"after"`
	Checksum string              `json:"checksum"`
	Seal     string              `json:"seal"` // a digest of the file with an empty seal
}

// sealed returns the content with its seal.
func (c content) sealed() ([]byte, error) {
	c.Seal = ""
	data, err := output.JSON(c)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	c.Seal = hex.EncodeToString(sum[:])
	return output.JSON(c)
}

// Write writes a plan for an account to the file at path, completely or not at all.
// Only its owner can read it, because it contains unmasked URLs. An existing file is
// replaced. Anything else at path is a failure of kind usage, see [CheckPath].
func Write(path string, plan callback.Plan, account journal.Account) error {
	if err := CheckPath(path); err != nil {
		return err
	}
	kept := content{Version: version, Account: account,
		Before: plan.Before.All(), After: plan.After().All(), Checksum: plan.Checksum()}
	data, err := kept.sealed()
	if err != nil {
		return err
	}
	if err := files.WritePrivate(path, data); err != nil {
		return failure.New(failure.Failure, "cannot write the plan: %w", err).WithHints(files.Advice(err))
	}
	return nil
}

// CheckPath returns a failure of kind usage if a plan cannot be written to path,
// because path is not a regular file but, for example, a folder or a device.
func CheckPath(path string) error {
	if path == "-" {
		return failure.New(failure.Usage, "cannot write the plan to standard output, which is for the result").WithHint("name a new file")
	}
	if err := files.CheckWritePath(path); err != nil {
		return failure.New(failure.Usage, "cannot write %s: %w", path, files.Reason(err)).WithHint("name a new file")
	}
	return nil
}

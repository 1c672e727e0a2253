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

// content is a plan in its file. It holds the state that the plan was made from,
// so that the plan can be computed again and compared with its checksum. The seal
// covers the rest, such as the account that the plan is for.
type content struct {
	Version int `json:"version"`
	journal.Account
	Before   []callback.Callback `json:"before"`
	After    []callback.Callback `json:"after"`
	Checksum string              `json:"checksum"`
	Seal     string              `json:"seal"` // a digest of the file with an empty seal
}

// sealed returns the file with its seal.
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

// Write keeps a plan for an account in the file at path, as a whole or not at all.
// Only its owner can read it, because it holds whole URLs. A file that is there is
// replaced; anything else there is a failure of kind usage, see [CheckPath].
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

// CheckPath returns a failure of kind usage if no plan can be kept at path because
// something else is there, such as a folder or a device.
func CheckPath(path string) error {
	if path == "-" {
		return failure.New(failure.Usage, "cannot write to standard output: it is for the result, and this file is for its owner alone").WithHint("name a new file")
	}
	if err := files.CheckRegular(path); err != nil {
		return failure.New(failure.Usage, "cannot write %s: %w", path, files.Reason(err)).WithHint("name a new file")
	}
	return nil
}

package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/journal"
	"github.com/sesctl/sesctl/internal/output"
	"github.com/sesctl/sesctl/pkg/callback"
)

const planVersion = 1

// planFile is a plan that was kept. It holds the state that it was made from,
// so that the plan can be computed again and compared with its checksum; the seal
// covers the rest, such as the place that it is for.
type planFile struct {
	Version int `json:"version"`
	journal.Account
	Before   []callback.Callback `json:"before"`
	After    []callback.Callback `json:"after"`
	Checksum string              `json:"checksum"`
	Seal     string              `json:"seal"` // a digest of the file with an empty one
}

const maxPlanFile = 64 << 20

// writePlan keeps a plan, readable by its owner alone: it holds whole URLs. The
// file is written beside its place and moved there, so that it is never half.
func writePlan(path string, plan callback.Plan, account journal.Account) error {
	content := planFile{Version: planVersion, Account: account,
		Before: plan.Before.All(), After: plan.After().All(), Checksum: plan.Checksum()}
	data, err := content.sealed()
	if err != nil {
		return err
	}
	return writePrivate(path, data)
}

func (f planFile) sealed() ([]byte, error) {
	f.Seal = ""
	data, err := output.JSON(f)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(data)
	f.Seal = hex.EncodeToString(sum[:])
	return output.JSON(f)
}

// checkPlace refuses what is no place for a file. What /dev/stdout leads to may be
// a file, but not one to put another in the place of.
func checkPlace(path string) error {
	if path == "-" {
		return failure.New(failure.Usage, "cannot write to standard output: it is for the result, and this file is for its owner alone").WithHint("name a new file")
	}
	info, err := os.Stat(path)
	absolute, _ := filepath.Abs(path)
	if err == nil && !info.Mode().IsRegular() || strings.HasPrefix(absolute, "/dev/") || strings.HasPrefix(absolute, "/proc/") {
		return failure.New(failure.Usage, "cannot write %s: it is no regular file", path).WithHint("name a new file")
	}
	return nil
}

func writePrivate(path string, data []byte) error {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	if err := checkPlace(path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), ".sesctl-*") // mode 0600
	if err != nil {
		return failure.New(failure.Failure, "cannot write %s: %w", path, err)
	}
	defer os.Remove(file.Name())
	_, err = file.Write(data)
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return failure.New(failure.Failure, "cannot write %s: %w", path, err)
	}
	return nil
}

// readPlan reads a plan that was kept, and refuses one that was edited, cut off,
// or made for another account.
func readPlan(path string, account journal.Account) (callback.Plan, error) {
	content, data, err := decodePlan(path)
	if err != nil {
		return callback.Plan{}, err
	}
	if content.Version != planVersion {
		return callback.Plan{}, failure.New(failure.Usage, "%s: plan version %d; this sesctl reads %d", path, content.Version, planVersion).
			WithHint("make the plan again")
	}
	if sealed, err := content.sealed(); err != nil || !bytes.Equal(sealed, data) {
		return callback.Plan{}, failure.New(failure.Usage, "%s was edited: it is not as it was written", path).WithHint("make the plan again")
	}
	if content.Account != account {
		return callback.Plan{}, failure.New(failure.Usage, "%s was made for another place: %s", path, differences(content.Account, account)).
			WithHint("use the profile, endpoint and region that it was made with")
	}
	before, errBefore := callback.NewSet(content.Before)
	after, errAfter := callback.NewSet(content.After)
	if err := errors.Join(errBefore, errAfter); err != nil {
		return callback.Plan{}, failure.New(failure.Usage, "%s is not a plan: %w", path, err)
	}
	plan := callback.Diff(before, after)
	if plan.Checksum() != content.Checksum {
		return callback.Plan{}, failure.New(failure.Usage, "%s was edited: its checksum does not agree", path).WithHint("make the plan again")
	}
	return plan, nil
}

// differences tells in what one place to act is not the other.
func differences(made, here journal.Account) string {
	var parts []string
	for _, d := range []struct{ what, made, here string }{
		{"profile", made.Profile, here.Profile}, {"endpoint", made.Endpoint, here.Endpoint}, {"region", made.Region, here.Region},
	} {
		if d.made != d.here {
			parts = append(parts, fmt.Sprintf("%s %s, not %s", d.what, callback.Quote(callback.Mask(d.made)), callback.Quote(callback.Mask(d.here))))
		}
	}
	return strings.Join(parts, "; ")
}

func decodePlan(path string) (content planFile, data []byte, err error) {
	file, err := openRegular(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return planFile{}, nil, failure.New(failure.Failure, "cannot read the plan: %w", err).WithHint("%s makes it", failure.Command("sesctl", "callback", "plan", "-f", "FILE", "--out", path))
		}
		return planFile{}, nil, failure.New(failure.Failure, "cannot read the plan: %w", err)
	}
	defer file.Close()
	data, err = io.ReadAll(io.LimitReader(file, maxPlanFile+1))
	if err != nil {
		return planFile{}, nil, failure.New(failure.Failure, "cannot read %s: %w", path, err)
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&content); err != nil {
		// The decoder's own words may repeat parts of the file, and so of a URL.
		what := "was edited, or is no plan"
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			what = "is not a whole plan"
		}
		return planFile{}, nil, failure.New(failure.Usage, "%s %s", path, what).WithHint("make it again with 'sesctl callback plan --out'")
	}
	return content, data, nil
}

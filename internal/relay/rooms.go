package relay

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/sesctl/sesctl/internal/failure"
	"github.com/sesctl/sesctl/internal/files"
)

// rooms is the folder of all spools. Only one process can use it at a time.
type rooms struct {
	options Options
	budget  *budget
	lock    *files.Lock
}

// rejectedSuffix ends the names of the folders with messages that engines refuse.
const rejectedSuffix = ".rejected"

// openRooms opens and locks the folder for this process. It refuses a folder with
// events for an engine that is no longer configured, because they would never be
// sent.
func openRooms(o Options) (*rooms, error) {
	if err := files.MakeFolder(o.Spool); err != nil {
		return nil, failure.New(failure.Failure, "cannot open the spool: %w", err).WithHints(files.Advice(err))
	}
	lock, err := files.TryLock(filepath.Join(o.Spool, "lock"))
	if errors.Is(err, files.ErrLocked) {
		return nil, failure.New(failure.Failure, "cannot open the spool: another process uses %s", o.Spool).WithHint("each copy of sesctl-relay needs its own folder: --spool DIR")
	}
	if err != nil {
		return nil, failure.New(failure.Failure, "cannot open the spool: %w", err).WithHints(files.Advice(err))
	}
	r := &rooms{options: o, budget: &budget{most: o.SpoolMax}, lock: lock}
	if err := r.abandoned(); err != nil {
		r.close()
		return nil, withHints(failure.New(failure.Failure, "cannot open the spool: %w", err), err)
	}
	return r, nil
}

// withHints adds to an error the hints of the error that it wraps.
func withHints(e *failure.Error, inner error) *failure.Error {
	var f *failure.Error
	if errors.As(inner, &f) {
		e.Hints = f.Hints
	}
	return e
}

func (r *rooms) close() { _ = r.lock.Release() }

// abandoned returns an error if there are events for an engine that is not
// configured.
func (r *rooms) abandoned() error {
	known := map[string]bool{}
	for _, u := range r.options.engines() {
		known[u.Name] = true
	}
	entries, err := os.ReadDir(r.options.Spool)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() || known[entry.Name()] || strings.HasSuffix(entry.Name(), rejectedSuffix) {
			continue
		}
		numbers, err := segmentNumbers(filepath.Join(r.options.Spool, entry.Name()))
		if err != nil {
			return err
		}
		if len(numbers) > 0 {
			return failure.New(failure.Failure, "%s contains events for the engine %s, which is not configured", r.options.Spool, entry.Name()).
				WithHint("name the engine again with --to URL#%s until its events are sent, or move %s away", entry.Name(), filepath.Join(r.options.Spool, entry.Name()))
		}
	}
	return nil
}

func (r *rooms) spool(u EngineURL, log *slog.Logger) (*spool, error) {
	s, err := openSpool(r.options.spoolOf(u), r.budget, func(file string, bytes int64) {
		log.Error("the spool is damaged; what can be read is sent", "file", file, "bytes", bytes)
	})
	if err != nil {
		return nil, err
	}
	if n := s.pending.Load(); n > 0 {
		log.Info("events were left in the spool", "engine", u.Name, "events", n)
	}
	return s, nil
}

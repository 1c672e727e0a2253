package state

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// stores returns one store of each kind.
func stores(t *testing.T) map[string]*Store {
	t.Helper()
	file := openFile(t, filepath.Join(t.TempDir(), "state.db"))
	return map[string]*Store{"memory": NewMemory(), "file": file}
}

func openFile(t testing.TB, path string) *Store {
	t.Helper()
	nothing := func(*Tx) error { return nil }
	s, err := Open(t.Context(), path, time.Second, nothing, nothing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestKeysAndValues(t *testing.T) {
	t.Parallel()
	for name, s := range stores(t) {
		err := s.Update(func(tx *Tx) error {
			for _, key := range []string{"b", "a", "c", "a"} {
				if err := tx.Put("things", key, []byte("value of "+key)); err != nil {
					return err
				}
			}
			return errors.Join(tx.Delete("things", "c"), tx.Delete("things", "nothing"), tx.Delete("nothing", "a"), tx.Clear("nothing"))
		})
		if err != nil {
			t.Fatal(name, err)
		}
		err = s.View(func(tx *Tx) error {
			var forth, back string
			for key, value := range tx.From("things", "") {
				forth += key + "=" + string(value) + ";"
			}
			for key := range tx.Backward("things") {
				back += key
			}
			if forth != "a=value of a;b=value of b;" || back != "ba" || tx.Count("things") != 2 || tx.Count("nothing") != 0 {
				t.Errorf("%s: %s %s %d", name, forth, back, tx.Count("things"))
			}
			for key := range tx.From("things", "aa") {
				if key != "b" {
					t.Errorf("%s: from aa: %s", name, key)
				}
				break
			}
			if tx.Get("things", "c") != nil || tx.Get("nothing", "a") != nil {
				t.Errorf("%s: what was deleted is there", name)
			}
			return nil
		})
		if err != nil {
			t.Error(name, err)
		}
		if err := s.Update(func(tx *Tx) error { return tx.Clear("things") }); err != nil {
			t.Error(name, err)
		}
		_ = s.View(func(tx *Tx) error {
			if tx.Count("things") != 0 || tx.Get("things", "a") != nil {
				t.Errorf("%s: a cleared bucket holds something", name)
			}
			return nil
		})
	}
}

// TestFailedChange checks that a change that fails has no effect, and that the
// changes committed with it succeed.
func TestFailedChange(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, s := range stores(t) {
		var all sync.WaitGroup
		for i := range 40 {
			all.Go(func() {
				err := s.Update(func(tx *Tx) error {
					id, err := tx.Next("things")
					if err != nil {
						return err
					}
					if err := tx.Put("things", Key(id), []byte{byte(i)}); err != nil {
						return err
					}
					if i%4 == 0 {
						return refused
					}
					return nil
				})
				if errors.Is(err, refused) != (i%4 == 0) || i%4 != 0 && err != nil {
					t.Errorf("%s: %d: %v", name, i, err)
				}
			})
		}
		all.Wait()
		_ = s.View(func(tx *Tx) error {
			want := uint64(1)
			for key, value := range tx.From("things", "") {
				if ID(key) != want || value[0]%4 == 0 {
					t.Errorf("%s: number %d holds %d", name, ID(key), value[0])
				}
				want++
			}
			if want != 31 {
				t.Errorf("%s: %d changes were made, want 30", name, want-1)
			}
			return nil
		})
	}
}

// TestReaderSeesOneMoment checks that a change that is made while a reader reads
// cannot be seen by the reader.
func TestReaderSeesOneMoment(t *testing.T) {
	t.Parallel()
	for name, s := range stores(t) {
		put := func(value string) error {
			return s.Update(func(tx *Tx) error { return Save(tx, "things", "a", value) })
		}
		if err := put("old"); err != nil {
			t.Fatal(name, err)
		}
		written := make(chan error)
		err := s.View(func(tx *Tx) error {
			go func() { written <- put("new") }()
			time.Sleep(10 * time.Millisecond)
			got, there, err := Load[string](tx, "things", "a")
			if got != "old" || !there {
				t.Errorf("%s: a reader sees %q", name, got)
			}
			return err
		})
		if err := errors.Join(err, <-written); err != nil {
			t.Error(name, err)
		}
	}
}

// TestChangesAreTakenBack checks that a change that fails, or panics, is taken back whole.
func TestChangesAreTakenBack(t *testing.T) {
	t.Parallel()
	refused := errors.New("refused")
	for name, s := range stores(t) {
		err := s.Update(func(tx *Tx) error {
			_, err := tx.Next("things")
			return errors.Join(err, tx.Put("things", "a", []byte("1")), tx.Put("things", "b", []byte("2")), tx.Put("others", "c", []byte("3")))
		})
		if err != nil {
			t.Fatal(name, err)
		}
		change := func(tx *Tx) error {
			_, err := tx.Next("things")
			return errors.Join(err, tx.Put("things", "a", []byte("4")), tx.Delete("things", "b"), tx.Put("things", "d", []byte("5")),
				tx.Clear("others"), tx.Put("others", "e", []byte("6")), tx.Put("new", "f", []byte("7")), tx.Empty("things"), tx.Put("things", "g", nil), refused)
		}
		if err := s.Update(change); !errors.Is(err, refused) {
			t.Errorf("%s: %v", name, err)
		}
		func() {
			defer func() { _ = recover() }()
			_ = s.Update(func(tx *Tx) error { panic(change(tx)) })
		}()
		_ = s.View(func(tx *Tx) error {
			got := ""
			for _, bucket := range []string{"things", "others", "new"} {
				for key, value := range tx.From(bucket, "") {
					got += key + string(value) + " "
				}
			}
			if last := tx.Last("things"); got != "a1 b2 c3 " || last != 1 || tx.Count("things") != 2 {
				t.Errorf("%s: %q is left, after number %d", name, got, last)
			}
			return nil
		})
	}
}

func TestDamagedValue(t *testing.T) {
	t.Parallel()
	s := NewMemory()
	if err := s.Update(func(tx *Tx) error { return tx.Put("things", "a", []byte("no JSON")) }); err != nil {
		t.Fatal(err)
	}
	_ = s.View(func(tx *Tx) error {
		if _, there, err := Load[int](tx, "things", "a"); err == nil || there {
			t.Error("a value that is not JSON: no error")
		}
		return nil
	})
	if ID("short") != 0 || ID(Key(7)) != 7 {
		t.Error("keys of numbers")
	}
}

func TestClosed(t *testing.T) {
	t.Parallel()
	s := openFile(t, filepath.Join(t.TempDir(), "state.db"))
	if err := errors.Join(s.Close(), s.Close()); err != nil {
		t.Fatal(err)
	}
	nothing := func(*Tx) error { return nil }
	if err := s.View(nothing); !errors.Is(err, errClosed) {
		t.Errorf("a read after closing: %v", err)
	}
	if err := s.Update(nothing); !errors.Is(err, errClosed) {
		t.Errorf("a change after closing: %v", err)
	}
}

// TestFileWithoutCounts opens a file of an older sesctl, which has neither counts nor
// sequences.
func TestFileWithoutCounts(t *testing.T) {
	t.Parallel()
	s := openFile(t, filepath.Join(t.TempDir(), "state.db"))
	err := s.Update(func(tx *Tx) error {
		b, err := tx.bolt.CreateBucket([]byte("things"))
		if err != nil {
			return err
		}
		for id := range 5 {
			if err := b.Put([]byte(Key(uint64(id+1))), []byte("x")); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	err = s.Update(func(tx *Tx) error {
		id, err := tx.Next("things")
		if err != nil || id != 6 || tx.Count("things") != 5 {
			return fmt.Errorf("number %d, count %d, %w", id, tx.Count("things"), err)
		}
		if err := tx.Put("things", Key(id), []byte("x")); err != nil || tx.Count("things") != 6 {
			return fmt.Errorf("count %d, %w", tx.Count("things"), err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestWriteError checks that a failure after the change is in the file is not reported as
// a change that was not made.
func TestWriteError(t *testing.T) {
	t.Parallel()
	s := openFile(t, filepath.Join(t.TempDir(), "state.db"))
	for made, fail := range map[bool]func(*Tx){
		true:  func(tx *Tx) { tx.bolt.OnCommit(func() { panic("the disk failed") }) },
		false: func(*Tx) { panic("the disk failed") },
	} {
		key := fmt.Sprint("made-", made)
		err := s.Update(func(tx *Tx) error {
			if err := tx.Put(BucketMeta, key, []byte("x")); err != nil {
				return err
			}
			fail(tx)
			return nil
		})
		var unwritten *WriteError
		if !errors.As(err, &unwritten) || unwritten.Made != made || !strings.Contains(err.Error(), "cannot write the state file: ") {
			t.Errorf("made %v: %v", made, err)
		}
		err = s.View(func(tx *Tx) error {
			if there := len(tx.Get(BucketMeta, key)) > 0; there != made {
				return fmt.Errorf("it is in the file: %v", there)
			}
			return nil
		})
		if err != nil {
			t.Errorf("made %v: %v", made, err)
		}
	}
}

package state

import (
	"encoding/binary"
	"hash/fnv"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// sample writes a state file with branches, leaves, small buckets and free pages.
func sample(t testing.TB) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	s := openFile(t, path)
	for round := range 3 {
		err := s.Update(func(tx *Tx) error {
			if err := tx.Put("small", "key", []byte("value")); err != nil {
				return err
			}
			for i := range uint64(300) {
				if err := tx.Put("large", Key(i+1), []byte(strings.Repeat("x", 40*(round+1)))); err != nil {
					return err
				}
			}
			return tx.Put("large", "huge", make([]byte, 20000))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// tryFile opens content as a state file, reads all of it and writes to it. The test
// is that this ends, and does not hang or panic.
func tryFile(t testing.TB, content []byte) error {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	nothing := func(*Tx) error { return nil }
	s, err := Open(t.Context(), path, time.Second, nothing, nothing)
	if err != nil {
		return err
	}
	defer func() { _ = s.Close() }()
	return s.Update(func(tx *Tx) error {
		for _, bucket := range []string{"small", "large", BucketMeta} {
			for key, value := range tx.From(bucket, "") {
				_, _ = key, value
			}
		}
		return tx.Put("large", "new", []byte("value"))
	})
}

func at(page int) int { return page * os.Getpagesize() }

// resign gives both meta pages a valid checksum.
func resign(b []byte) {
	for _, page := range []int{0, 1} {
		meta := b[at(page)+pageHeader:][:metaSize]
		sum := fnv.New64a()
		_, _ = sum.Write(meta[:metaSize-8])
		binary.NativeEndian.PutUint64(meta[metaSize-8:], sum.Sum64())
	}
}

// eachPage calls f with the number and the bytes of each page of a kind.
func eachPage(b []byte, flag uint16, f func(number int, page []byte)) {
	for number := 2; at(number+1) <= len(b); number++ {
		page := b[at(number):at(number+1)]
		if binary.NativeEndian.Uint16(page[8:]) == flag && binary.NativeEndian.Uint64(page) == uint64(number) {
			f(number, page)
		}
	}
}

func TestCraftedFiles(t *testing.T) {
	t.Parallel()
	order := binary.NativeEndian
	branches := func(change func(number int, page []byte)) func([]byte) {
		return func(b []byte) { eachPage(b, flagBranch, change) }
	}
	leaves := func(change func(number int, page []byte)) func([]byte) {
		return func(b []byte) { eachPage(b, flagLeaf, change) }
	}
	metas := func(change func(meta []byte)) func([]byte) {
		return func(b []byte) {
			change(b[at(0)+pageHeader:])
			change(b[at(1)+pageHeader:])
			resign(b)
		}
	}
	tests := map[string]func([]byte){
		"a branch refers to itself":        branches(func(number int, page []byte) { order.PutUint64(page[pageHeader+8:], uint64(number)) }),
		"a branch is empty":                branches(func(_ int, page []byte) { order.PutUint16(page[10:], 0) }),
		"a branch counts too many":         branches(func(_ int, page []byte) { order.PutUint16(page[10:], 60000) }),
		"a key lies outside":               branches(func(_ int, page []byte) { order.PutUint32(page[pageHeader:], 1<<30) }),
		"a page beyond the end":            branches(func(_ int, page []byte) { order.PutUint64(page[pageHeader+8:], 1<<40) }),
		"a value lies outside":             leaves(func(_ int, page []byte) { order.PutUint32(page[pageHeader+12:], 1<<30) }),
		"a leaf is something else":         leaves(func(_ int, page []byte) { order.PutUint16(page[8:], 7) }),
		"an overflow is too long":          leaves(func(_ int, page []byte) { order.PutUint32(page[12:], 1<<31) }),
		"a value is a bucket":              leaves(func(_ int, page []byte) { order.PutUint32(page[pageHeader:], elementBucket) }),
		"the root is a meta page":          metas(func(meta []byte) { order.PutUint64(meta[16:], 1) }),
		"the list of free pages is a leaf": metas(func(meta []byte) { order.PutUint64(meta[32:], order.Uint64(meta[16:])) }),
		"the page size is zero":            metas(func(meta []byte) { order.PutUint32(meta[8:], 0) }),
		"the page size is huge":            metas(func(meta []byte) { order.PutUint32(meta[8:], 1<<31) }),
		"a free page is in use": func(b []byte) {
			eachPage(b, flagFreelist, func(_ int, page []byte) {
				order.PutUint16(page[10:], 2)
				for i := range 2 { // one of the two meta pages is the newer one
					order.PutUint64(page[pageHeader+8*i:], order.Uint64(b[at(i)+pageHeader+16:]))
				}
			})
		},
		"too many free pages": func(b []byte) {
			eachPage(b, flagFreelist, func(_ int, page []byte) {
				order.PutUint16(page[10:], largeCount)
				order.PutUint64(page[pageHeader:], 1<<50)
			})
		},
		"cut short": func(b []byte) {
			clear(b[at(3):])
		},
	}
	content := sample(t)
	if err := tryFile(t, content); err != nil {
		t.Fatalf("the file as it was written: %v", err)
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := append([]byte(nil), content...)
			change(b)
			if err := tryFile(t, b); err == nil || !strings.Contains(err.Error(), "state.db") {
				t.Errorf("error %v", err)
			}
		})
	}
}

// FuzzStateFile changes bytes of a state file, and checks that opening, reading and
// writing it end, with or without an error.
func FuzzStateFile(f *testing.F) {
	content := sample(f)
	f.Add([]byte{0, 0, 32, 16, 1, 2})
	f.Add([]byte{0, 0, 48, 24, 3, 0, 0, 16, 8, 9})
	f.Fuzz(func(t *testing.T, changes []byte) {
		b := append([]byte(nil), content...)
		for len(changes) >= 4 { // three bytes for a position, one for a value
			place := int(changes[0])<<16 | int(changes[1])<<8 | int(changes[2])
			b[place%len(b)] = changes[3]
			changes = changes[4:]
		}
		resign(b)
		_ = tryFile(t, b)
	})
}

package state

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
)

// The layout of a bbolt file: go.etcd.io/bbolt v1.5.0, internal/common/page.go,
// meta.go and bucket.go. All numbers are in the byte order of the machine.
const (
	pageHeader    = 16 // id uint64, flags uint16, count uint16, overflow uint32
	element       = 16 // of a branch: pos, ksize uint32, page uint64; of a leaf: flags, pos, ksize, vsize uint32
	bucketHeader  = 16 // root page and sequence, uint64 each
	metaSize      = 64 // magic, version, page size, flags uint32; root, sequence, freelist, pages, transaction, checksum uint64
	flagBranch    = 0x01
	flagLeaf      = 0x02
	flagFreelist  = 0x10
	elementBucket = 0x01
	magic         = 0xED0CDAED
	version       = 2
	noFreelist    = ^uint64(0)
	largeCount    = 0xFFFF // then the first entry of a freelist is its count
)

// maxPage bounds one page with its overflow: the largest value of a state is a
// template, and a request is at most 10 MiB.
const maxPage = 64 << 20

// checker walks the pages of a file before bbolt does. bbolt follows references
// without a bound: a page that refers to itself would end the process.
type checker struct {
	file     io.ReaderAt
	size     int64
	pageSize int64
	pages    uint64   // page ids are below it
	seen     []uint64 // a bit for each page
	buffer   []byte
}

// mark notes that a page is used, and reports whether it was already used.
func (c *checker) mark(page uint64) (before bool) {
	before = c.used(page)
	c.seen[page/64] |= 1 << (page % 64)
	return before
}

func (c *checker) used(page uint64) bool { return c.seen[page/64]&(1<<(page%64)) != 0 }

// checkPages returns an error if the pages of a bbolt file are not a tree, or if an
// entry is outside of its page or its file. It reads each page once.
func checkPages(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	c := &checker{file: file, size: info.Size()}
	root, freelist, err := c.meta()
	if err != nil {
		return err
	}
	if err := c.tree(root); err != nil {
		return fmt.Errorf("it is damaged: %w", err)
	}
	if freelist != noFreelist {
		if err := c.free(freelist); err != nil {
			return fmt.Errorf("it is damaged: %w", err)
		}
	}
	return nil
}

// meta reads the newer of the two valid meta pages, as bbolt does. bbolt has already
// opened the file, so one of them is valid.
func (c *checker) meta() (root, freelist uint64, err error) {
	for _, at := range metaPlaces() {
		if m, ok := c.metaAt(at); ok {
			c.pageSize = int64(m.pageSize)
			break
		}
	}
	if c.pageSize < 512 || c.pageSize > 64<<10 || c.pageSize&(c.pageSize-1) != 0 {
		return 0, 0, errNotState
	}
	var newest metaPage
	for _, at := range []int64{0, c.pageSize} {
		if m, ok := c.metaAt(at); ok && m.transaction >= newest.transaction {
			newest = m
		}
	}
	// The file can be longer than its pages.
	c.pages = min(newest.pages, uint64(c.size/c.pageSize))
	c.seen = make([]uint64, c.pages/64+1)
	c.buffer = make([]byte, c.pageSize)
	return newest.root, newest.freelist, nil
}

type metaPage struct {
	pageSize                           uint32
	root, freelist, pages, transaction uint64
}

// metaAt reads the meta page at an offset; ok reports whether it is valid.
func (c *checker) metaAt(at int64) (m metaPage, ok bool) {
	b := make([]byte, metaSize)
	if _, err := c.file.ReadAt(b, at+pageHeader); err != nil {
		return m, false
	}
	sum := fnv.New64a()
	_, _ = sum.Write(b[:metaSize-8])
	order := binary.NativeEndian
	m = metaPage{order.Uint32(b[8:]), order.Uint64(b[16:]), order.Uint64(b[32:]), order.Uint64(b[40:]), order.Uint64(b[48:])}
	return m, order.Uint32(b) == magic && order.Uint32(b[4:]) == version && order.Uint64(b[56:]) == sum.Sum64()
}

// metaPlaces returns the offsets at which bbolt looks for a page size: the
// first meta page, and the second for every size that a page can have.
func metaPlaces() []int64 {
	places := []int64{0}
	for i := range 15 {
		places = append(places, 1024<<i)
	}
	return places
}

var errUnreadable = errors.New("a part of it cannot be read")

// page reads a page with its overflow, once.
func (c *checker) page(id uint64) ([]byte, error) {
	if id < 2 || id >= c.pages {
		return nil, fmt.Errorf("it refers to page %d, which does not exist", id)
	}
	at := int64(id) * c.pageSize
	b := c.buffer[:c.pageSize]
	if _, err := c.file.ReadAt(b, at); err != nil {
		return nil, errUnreadable
	}
	order := binary.NativeEndian
	count := uint64(order.Uint32(b[12:])) + 1
	if order.Uint64(b) != id || count > maxPage/uint64(c.pageSize) || id+count > c.pages {
		return nil, errUnreadable
	}
	for page := id; page < id+count; page++ {
		if c.mark(page) {
			return nil, fmt.Errorf("page %d is used twice", page)
		}
	}
	if count == 1 {
		return b, nil
	}
	length := int64(count) * c.pageSize
	if int64(cap(c.buffer)) < length {
		c.buffer = make([]byte, length)
	}
	b = c.buffer[:length]
	if _, err := c.file.ReadAt(b, at); err != nil {
		return nil, errUnreadable
	}
	return b, nil
}

// tree walks the pages under the root bucket, and the pages of its buckets. The state
// has no nested buckets.
func (c *checker) tree(root uint64) error {
	type reference struct {
		page   uint64
		inside bool // whether the page is in a bucket below the root
	}
	left := []reference{{page: root}}
	for len(left) > 0 {
		next := left[len(left)-1]
		left = left[:len(left)-1]
		b, err := c.page(next.page)
		if err != nil {
			return err
		}
		pages, buckets, err := references(b)
		if err != nil {
			return fmt.Errorf("page %d %w", next.page, err)
		}
		if next.inside && len(buckets) > 0 {
			return fmt.Errorf("page %d holds a bucket inside of a bucket", next.page)
		}
		for _, page := range pages {
			left = append(left, reference{page, next.inside})
		}
		for _, page := range buckets {
			left = append(left, reference{page, true})
		}
	}
	return nil
}

// references returns the pages that a branch or a leaf refers to: the pages below it,
// and the roots of its buckets.
func references(b []byte) (pages, buckets []uint64, err error) {
	order := binary.NativeEndian
	flags, count := order.Uint16(b[8:]), int(order.Uint16(b[10:]))
	if flags != flagBranch && flags != flagLeaf || pageHeader+count*element > len(b) || flags == flagBranch && count == 0 {
		return nil, nil, errors.New("is neither a branch nor a leaf")
	}
	for i := range count {
		at := pageHeader + i*element
		e := b[at : at+element]
		if flags == flagBranch {
			if !within(b, at, order.Uint32(e), order.Uint32(e[4:]), 0) {
				return nil, nil, errors.New("has a key outside of it")
			}
			pages = append(pages, order.Uint64(e[8:]))
			continue
		}
		pos, keySize, valueSize := order.Uint32(e[4:]), order.Uint32(e[8:]), order.Uint32(e[12:])
		if !within(b, at, pos, keySize, valueSize) {
			return nil, nil, errors.New("has a value outside of it")
		}
		if order.Uint32(e)&elementBucket == 0 {
			continue
		}
		value := b[at+int(pos)+int(keySize):][:valueSize]
		root, inline, err := bucket(value)
		if err != nil {
			return nil, nil, err
		}
		if !inline {
			buckets = append(buckets, root)
		}
	}
	return pages, buckets, nil
}

// within reports whether a key and its value, at pos from their element, are after
// the elements and inside of the page.
func within(b []byte, at int, pos, keySize, valueSize uint32) bool {
	return int64(pos) >= element && int64(at)+int64(pos)+int64(keySize)+int64(valueSize) <= int64(len(b))
}

// bucket reads the value of a bucket: the number of its root page, or, for a small
// bucket, the page itself, which follows the header.
func bucket(value []byte) (root uint64, inline bool, err error) {
	if len(value) < bucketHeader {
		return 0, false, errors.New("has an incomplete bucket")
	}
	if root = binary.NativeEndian.Uint64(value); root != 0 {
		return root, false, nil
	}
	page := value[bucketHeader:]
	if len(page) < pageHeader || binary.NativeEndian.Uint16(page[8:]) != flagLeaf {
		return 0, false, errors.New("has an incomplete bucket")
	}
	pages, buckets, err := references(page)
	if err == nil && len(pages)+len(buckets) > 0 {
		err = errors.New("holds a bucket inside of a bucket")
	}
	return 0, true, err
}

// free checks that no page in the list of free pages is in use.
func (c *checker) free(id uint64) error {
	b, err := c.page(id)
	if err != nil {
		return err
	}
	order := binary.NativeEndian
	count, at := uint64(order.Uint16(b[10:])), pageHeader
	if count == largeCount {
		count, at = order.Uint64(b[pageHeader:]), pageHeader+8
	}
	if order.Uint16(b[8:]) != flagFreelist || count > uint64(len(b)-at)/8 {
		return errors.New("its list of free pages cannot be read")
	}
	for i := range int(count) {
		page := order.Uint64(b[at+8*i:])
		if page < 2 || page >= c.pages || c.used(page) {
			return fmt.Errorf("page %d is free and in use", page)
		}
	}
	return nil
}

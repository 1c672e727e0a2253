// Package catalog translates the texts of the programs. The English text in the
// code is the key. Code writes English, and the places that print for people pass
// the whole text through a [Catalog].
//
// The entries are files in a folder for each language. An entry is a text, or a
// format of package fmt: the translation of "cannot read %s: %w" serves every
// message that was made with it. Values in a message are translated too, if they
// have an entry. So an error that wraps another one is translated completely.
//
// The files are embedded and sorted, and they are searched where they are. Nothing
// of them is read while the language is English.
package catalog

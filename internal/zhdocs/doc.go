// Command zhdocs checks the Chinese documents against the English ones. Every English
// page for users must have a Chinese page, with the same commands and with links
// between the two. A Chinese page ends with a checksum of the English page from which
// it was written, so a page that has fallen behind is found.
//
//	zhdocs           check, and print each finding; exit status 1 if there are any
//	zhdocs -accept   write the checksums of today's English pages into the Chinese pages
package main

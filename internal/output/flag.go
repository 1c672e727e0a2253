package output

import "strings"

// FitFlag breaks the line of a flag into lines of at most width cells; 0 means no
// limit.
func FitFlag(line string, width int) string {
	const gap, least = 3, 24
	at := len(line) - len(strings.TrimLeft(line, " "))
	if end := strings.Index(line[at:], strings.Repeat(" ", gap)); end >= 0 {
		at += end
	}
	usage := strings.TrimLeft(line[at:], " ")
	before, indent := line[:len(line)-len(usage)], len(line)-len(usage)
	switch {
	case width <= 0:
		return line
	case width-indent < least:
		indent = least / 2
		before = strings.TrimRight(line[:at], " ") + "\n" + strings.Repeat(" ", indent)
	}
	return before + Hang(usage, indent, width)
}

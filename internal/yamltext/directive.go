package yamltext

import (
	"bytes"
	"regexp"
)

// AcceptVersion returns data as a parser of YAML 1.1 reads it, if it begins with
// the directive of YAML 1.2 (YAML 1.2.2, section 6.8.1). The files that sesctl
// reads mean the same in both. All positions stay as they are.
func AcceptVersion(data []byte) []byte {
	if !bytes.Contains(data, []byte("%YAML")) {
		return data
	}
	head := regexp.MustCompile(`^\x{feff}?(?:[ \t]*(?:#[^\n]*)?\r?\n|%TAG[^\n]*\n)*%YAML[ \t]+1\.2`).Find(data)
	if head == nil {
		return data
	}
	accepted := bytes.Clone(data)
	accepted[len(head)-1] = '1'
	return accepted
}

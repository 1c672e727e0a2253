package yamltext

import (
	"bytes"
	"regexp"
)

// AcceptVersion makes data with the directive of YAML 1.2 (YAML 1.2.2, section 6.8.1)
// readable for a parser of YAML 1.1. The files that sesctl reads mean the same in
// both versions. Lines and columns do not change.
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

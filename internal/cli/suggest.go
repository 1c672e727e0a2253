package cli

import (
	"slices"
	"strings"
)

// furthest is the largest edit distance of a suggestion.
const furthest = 3

// nearest returns the candidates that are similar to word, most similar first. A
// candidate is similar if its edit distance is at most a third of the length of word, or
// if it begins with word.
func nearest(word string, candidates []string) []string {
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, name := range candidates {
		distance := editDistance(strings.ToLower(word), strings.ToLower(name))
		if distance <= min(max(1, len(word)/3), furthest) || len(word) > 1 && strings.HasPrefix(name, word) {
			found = append(found, near{name, distance})
		}
	}
	slices.SortStableFunc(found, func(x, y near) int { return x.distance - y.distance })
	const most = 3
	var names []string
	for _, n := range found[:min(most, len(found))] {
		names = append(names, n.name)
	}
	return names
}

// nearClause returns the end of a sentence that suggests names, or "" if there are none.
func nearClause(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "; did you mean " + strings.Join(names, " or ") + "?"
}

// editDistance returns how many characters must be inserted, removed, replaced, or
// exchanged with their neighbour to turn one word into the other.
func editDistance(from, to string) int {
	x, y := []rune(from), []rune(to)
	rows := make([][]int, len(x)+1)
	for i := range rows {
		rows[i] = make([]int, len(y)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(x); i++ {
		for j := 1; j <= len(y); j++ {
			differs := 1
			if x[i-1] == y[j-1] {
				differs = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+differs)
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(x)][len(y)]
}

// Package nearword finds the word that somebody probably meant, for messages
// about one that does not exist.
package nearword

import (
	"fmt"
	"strings"
)

// Find returns the word that was probably meant, "" if none is near enough: one
// that is a few typing mistakes away, or one that is longer ("repo").
func Find(word string, words []string) string {
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, w := range words {
		if d := Distance(strings.ToLower(word), strings.ToLower(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	for _, w := range words {
		if best == "" && len(word) >= 3 && strings.HasPrefix(strings.ToLower(w), strings.ToLower(strings.TrimSuffix(word, "s"))) {
			return w
		}
	}
	return best
}

// Suggestion ends a message about a word that is none of words: the one that was
// probably meant, or all of them if none is near.
func Suggestion(word string, words []string) string {
	if w := Find(word, words); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	if len(words) == 0 {
		return "there are none"
	}
	return "valid: " + strings.Join(words, ", ")
}

// Distance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a (optimal string alignment).
func Distance(a, b string) int {
	before, previous, current := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := range len(a) {
		current[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			current[j+1] = min(previous[j]+cost, previous[j+1]+1, current[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				current[j+1] = min(current[j+1], before[j-1]+1)
			}
		}
		before, previous, current = previous, current, before
	}
	return previous[len(b)]
}

package mapping

import (
	"fmt"
	"slices"
	"strings"
)

// nearest returns the word that was probably meant, "" if none is near enough: a
// word that begins like it ("repo"), or one a few typing mistakes away.
func nearest(word string, words []string) string {
	for _, w := range words {
		if len(word) >= 3 && strings.HasPrefix(strings.ToLower(w), strings.ToLower(strings.TrimSuffix(word, "s"))) {
			return w
		}
	}
	best, bestDistance := "", max(1, len(word)/3)+1
	for _, w := range words {
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < bestDistance {
			best, bestDistance = w, d
		}
	}
	return best
}

// suggestion ends a message: the nearest word, or all of them if none is near.
func suggestion(word string, words []string) string {
	if w := nearest(word, words); w != "" {
		return fmt.Sprintf("did you mean %q?", w)
	}
	if len(words) == 0 {
		return "there are none"
	}
	return "valid: " + strings.Join(words, ", ")
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a (optimal string alignment).
func distance(a, b string) int {
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

// quoted lists words for a message: "a", "b" or "c".
func quoted(words []string) string {
	q := make([]string, len(words))
	for i, w := range slices.All(words) {
		q[i] = fmt.Sprintf("%q", w)
	}
	if len(q) < 2 {
		return strings.Join(q, "")
	}
	return strings.Join(q[:len(q)-1], ", ") + " or " + q[len(q)-1]
}

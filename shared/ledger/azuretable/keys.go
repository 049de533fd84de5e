package azuretable

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"adoport/shared/ingest"
)

// The partitions that are not of a run, and the rows that every run has.
const (
	runsPartition  = "runs"
	notesPartition = "notes"
	pingPartition  = "ping"

	recordRow = "run~record"
	endRow    = "run~end"
	stateRow  = "run~state"
)

// span is the rows of a partition whose keys are at or after from, and before to.
type span struct{ from, to string }

// No key begins with "~", and no text in one does.
var (
	allRows   = span{"", "~"}
	runRows   = span{"run~", "run~~"}
	pageRows  = span{"page~", "page~~"}
	pruneRows = span{"prune~", "prune~~"}
	scopeRows = span{"scope~", "scope~~"}
	// pageAndPartRows are pages and what did not fit in them.
	pageAndPartRows = span{"page", "page~~"}
)

const (
	// maxText is how long a string is in a key before it is cut, keptText how
	// much of it is kept then, for people. A key has at most two such strings and
	// MUST NOT have more than 512 characters, which are 1 KiB (Learn,
	// "Understanding the Table service data model", Property limitations).
	maxText  = 160
	keptText = 90
)

// text returns a string for use in a key: letters, digits and "-" as they are,
// each other byte as "_" and two hexadecimal digits, and nothing as "_" alone. A
// long one is cut and gets "." and its hash, so that no two strings look the
// same. The service takes all these characters and none needs an escape in a
// URL; "/", "\", "#", "?" and control characters are refused there (Learn,
// "Understanding the Table service data model", Characters disallowed in key
// fields).
func text(s string) string {
	if s == "" {
		return "_"
	}
	const digits = "0123456789abcdef"
	var b strings.Builder
	for i := 0; i < len(s) && b.Len() <= maxText; i++ {
		if c := s[i]; isPlain(c) {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'_', digits[c>>4], digits[c&15]})
		}
	}
	if b.Len() <= maxText {
		return b.String()
	}
	hash := sha256.Sum256([]byte(s))
	return b.String()[:keptText] + "." + hex.EncodeToString(hash[:])
}

func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || c == '-'
}

// runPartition is where everything of a run is.
func runPartition(run string) string { return "run~" + text(run) }

// pageRow puts the pages of a scope in order.
func pageRow(k ingest.PageKey) string {
	return fmt.Sprintf("page~%s~%s~%016x", text(k.Source), text(k.Scope), uint64(k.Number)) //nolint:gosec // numbers count from 0
}

func scopeRow(k ingest.PageKey) string {
	return "scope~" + text(k.Source) + "~" + text(k.Scope)
}

func pruneRow(blueprint string) string { return "prune~" + text(blueprint) }

// partRow is the key of a part of a record: those of one attempt are unlike
// those of any other.
func partRow(row, attempt string, n int) string {
	kind, _, _ := strings.Cut(row, "~")
	return fmt.Sprintf("%s-part~%s~%06d", kind, attempt, n)
}

// indexRow is the key of a run in the list of all: what started later comes
// first.
func indexRow(id string, startedAt time.Time) string {
	const maxSecond, maxNanosecond = 999_999_999_999, 999_999_999
	return fmt.Sprintf("%013d%09d~%s", maxSecond-startedAt.Unix(), maxNanosecond-startedAt.Nanosecond(), text(id))
}

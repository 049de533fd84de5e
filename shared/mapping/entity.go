package mapping

// Entity is what a mapping makes of an item: the body of a Port entity. Values
// are JSON values as jq gives them: nil, bool, int, float64, *big.Int,
// json.Number, string, []any, map[string]any. They MUST NOT be changed: a jq
// program may give the same value again.
type Entity struct {
	Blueprint string
	// Identifier is "" if Query says which entity is meant.
	Identifier string
	// Query is a search object {combinator, rules} in place of an identifier.
	Query any
	// Meta holds "title", "icon" and "team", each only if the mapping has it. A
	// nil value clears the field.
	Meta map[string]any
	// Properties and Relations hold the mapped ones. A nil value clears it.
	Properties map[string]any
	Relations  map[string]any
}

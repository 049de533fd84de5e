package azuredevops

import (
	"encoding/json"
	"fmt"
)

// Continuation is the part of a body that says where a list goes on. Embed it in
// a type that Do decodes into.
type Continuation struct {
	// Token is where to go on. Reporting routes give it on the last page too, as
	// the point from which later changes can be read.
	Token Token `json:"continuationToken"`
	// IsLastBatch is set by reporting routes only.
	IsLastBatch bool `json:"isLastBatch"`
}

// Next returns the token of the next page, "" at the end.
func (c Continuation) Next() string {
	if c.IsLastBatch {
		return ""
	}
	return string(c.Token)
}

// Token is a continuation token, which is a JSON string or, on some routes, a
// number.
type Token string

// UnmarshalJSON reads a string or a number; null is "".
func (t *Token) UnmarshalJSON(data []byte) error {
	var s string
	if json.Unmarshal(data, &s) == nil { // null leaves it ""
		*t = Token(s)
		return nil
	}
	var n json.Number
	if err := json.Unmarshal(data, &n); err != nil {
		return fmt.Errorf("a continuation token is neither a string nor a number: %w", err)
	}
	*t = Token(n)
	return nil
}

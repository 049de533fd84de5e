package versioned

import (
	"strings"
	"testing"
)

func TestRecord(t *testing.T) {
	t.Parallel()
	record, err := Encode(3, map[string]int{"a": 1})
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]int
	if err := Decode(3, record, &got); err != nil || got["a"] != 1 {
		t.Errorf("Decode = %v, %v", got, err)
	}
	for want, record := range map[string][]byte{"version 3, but only version 4": record, "empty": {}} {
		if err := Decode(4, record, &got); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Decode = %v; want %q", err, want)
		}
	}
}

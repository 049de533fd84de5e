// Package versioned frames what is stored: the version of its format in the
// first byte, so that a release refuses what a later one wrote instead of
// misreading it.
package versioned

import (
	"encoding/json"
	"errors"
	"fmt"
)

// Encode returns a record: the version in one byte, then the value as JSON.
func Encode(version byte, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	return append([]byte{version}, text...), nil
}

// Decode reads a record of Encode into value. It refuses another version.
func Decode(version byte, record []byte, value any) error {
	body, err := Body(version, record)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, value)
}

// Body returns what follows the version of a record, which MUST be this one: an
// error otherwise. It shares the record's memory.
func Body(version byte, record []byte) ([]byte, error) {
	if len(record) == 0 {
		return nil, errors.New("the record is empty")
	}
	if record[0] != version {
		return nil, fmt.Errorf("the record is of version %d, but only version %d is known here", record[0], version)
	}
	return record[1:], nil
}

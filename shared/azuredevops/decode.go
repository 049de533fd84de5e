package azuredevops

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// Decode decodes one JSON value into out, with the numbers of values of type any
// as json.Number, so that a long id keeps its digits. A byte order mark before
// the value is skipped (some servers send one); anything after it is an error.
func Decode(data []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(withoutBOM(data)))
	d.UseNumber()
	if err := d.Decode(out); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("the body is empty")
		}
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something after the JSON value")
	}
	return nil
}

func withoutBOM(data []byte) []byte {
	return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
}

package azuretable

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

const (
	// chunkSize is how many bytes a property has: 64 KiB is the limit (Learn,
	// "Understanding the Table service data model", Property types).
	chunkSize = 60 << 10
	// maxRow is how many bytes of data a row has, in 12 properties: 1 MiB is the
	// limit of all properties (likewise), and the emulator counts the data as
	// base64.
	maxRow = 12 * chunkSize
)

// The properties of rows, besides the chunks of data.
const (
	attemptProperty = "Attempt" // which attempt wrote the row
	partsProperty   = "Parts"   // how many other rows have the data
	totalProperty   = "Total"   // how many scopes the run has
	doneProperty    = "Done"    // how many of them have ended
	droppedProperty = "Dropped" // whether the pages were dropped
	endedProperty   = "Ended"   // when the run ended
)

// entity is a row: its keys and its properties.
type entity map[string]any

func newEntity(partition, row string) entity {
	return entity{"PartitionKey": partition, "RowKey": row}
}

func decodeEntity(text []byte) (entity, error) {
	var e entity
	if err := json.Unmarshal(text, &e); err != nil {
		return nil, fmt.Errorf("decoding a row: %w", err)
	}
	return e, nil
}

func (e entity) partition() string { return e.text("PartitionKey") }

func (e entity) row() string { return e.text("RowKey") }

// text returns a property, "" if it is not there.
func (e entity) text(name string) string {
	s, _ := e[name].(string)
	return s
}

// number returns a property of a row that was read, 0 if it is not there.
func (e entity) number(name string) int {
	n, _ := e[name].(float64)
	return int(n)
}

// is returns a property, false if it is not there.
func (e entity) is(name string) bool {
	b, _ := e[name].(bool)
	return b
}

// etag returns the version of a row that get has read.
func (e entity) etag() azcore.ETag { return azcore.ETag(e.text("odata.etag")) }

func chunkName(i int) string { return fmt.Sprintf("D%02d", i) }

// setData sets the data of a row, at most maxRow bytes.
func (e entity) setData(data []byte) {
	i := 0
	for chunk := range slices.Chunk(data, chunkSize) {
		e[chunkName(i)], e[chunkName(i)+"@odata.type"] = chunk, "Edm.Binary"
		i++
	}
}

// appendData appends the data of a row that was read.
func (e entity) appendData(to []byte) ([]byte, error) {
	for i := 0; ; i++ {
		chunk, ok := e[chunkName(i)].(string)
		if !ok {
			return to, nil
		}
		var err error
		if to, err = base64.StdEncoding.AppendDecode(to, []byte(chunk)); err != nil {
			return nil, fmt.Errorf("decoding row %s: %w", e.row(), err)
		}
	}
}

package port

import (
	"fmt"
	"maps"

	"github.com/itchyny/gojq"

	"adoport/shared/mapping"
)

// Limits of one bulk request (OpenAPI document; port-api.info: a body over
// 1 MiB is answered 413).
const (
	maxUpserts = 20
	// maxBody leaves a little room, for "1 MiB" is not said to the byte.
	maxBody = 1<<20 - 64
)

// The frame of a bulk request's body, around the entities.
const (
	bodyStart = `{"entities":[`
	bodyEnd   = `]}`
)

// encoded is an entity as it is sent.
type encoded struct {
	// identifier is for people; "" if the entity is found by a query.
	identifier string
	// identity is equal for entities that MUST be written one after the other.
	identity string
	body     []byte
}

// encode makes the body of an entity, once: it is measured and sent as it is.
// The error says why the entity cannot be sent at all.
func (c *Client) encode(e mapping.Entity) (encoded, error) {
	out := encoded{identifier: e.Identifier, identity: e.Identifier}
	value := make(map[string]any, 3+len(e.Meta))
	maps.Copy(value, e.Meta)
	value["identifier"] = e.Identifier
	value["properties"] = emptyIfNil(e.Properties)
	value["relations"] = emptyIfNil(e.Relations)
	if e.Query != nil {
		query, err := marshal(e.Query)
		if err != nil {
			return out, err
		}
		value["identifier"] = e.Query
		out.identity = "query " + string(query) // no identifier has a space
	} else if err := c.CheckIdentifier(e.Identifier); err != nil {
		return out, err
	}
	body, err := marshal(value)
	if err != nil {
		return out, err
	}
	if size := len(bodyStart) + len(body) + len(bodyEnd); size > maxBody {
		return out, &TooLargeError{Identifier: e.Identifier, Size: size, Limit: maxBody, Biggest: biggest(e.Properties)}
	}
	out.body = body
	return out, nil
}

func emptyIfNil(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

// marshal encodes JSON values as jq gives them, *big.Int and NaN included,
// which encoding/json refuses or writes otherwise. gojq panics at any other
// type; that costs the entity, not the process.
func marshal(v any) (b []byte, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("encoding an entity: %v", r)
		}
	}()
	return gojq.Marshal(v)
}

// TooLargeError is an entity that no request can carry.
type TooLargeError struct {
	Identifier string
	// Size and Limit are the bytes of a request with this entity alone.
	Size, Limit int
	// Biggest is the name of the property with the most bytes.
	Biggest string
}

func (e *TooLargeError) Error() string {
	message := fmt.Sprintf("%s is too large: %d bytes, Port takes %d", named(e.Identifier), e.Size, e.Limit)
	if e.Biggest != "" {
		message += "; its biggest property is " + e.Biggest
	}
	return message
}

// biggest names the property whose encoding is the longest, the first by name of
// equal ones.
func biggest(properties map[string]any) string {
	name, size := "", -1
	for k, v := range properties {
		b, err := marshal(v)
		if err != nil {
			continue // it was encoded before, as a part of the whole
		}
		if len(b) > size || len(b) == size && k < name {
			name, size = k, len(b)
		}
	}
	return name
}

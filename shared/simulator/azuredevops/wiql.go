package azuredevops

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// maxQueryLength is the longest WIQL text that the service takes.
const maxQueryLength = 32_000

// queryWorkItems answers POST [{project}/]_apis/wit/wiql. The project of the
// route gives @project its meaning; it does not restrict the query.
func (s *Server) queryWorkItems(c *call) reply {
	var body struct {
		Query string `json:"query"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return invalid("The request body is not valid: %v", err)
	}
	if body.Query == "" {
		return invalid("Value cannot be null. Parameter name: wiql")
	}
	if len(body.Query) > maxQueryLength {
		return invalid("The query is %d characters long, which exceeds the limit of %d.", len(body.Query), maxQueryLength)
	}
	top, failed := c.query.number("$top", 0)
	if failed != nil {
		return *failed
	}
	p := wiqlParser{server: s, text: body.Query, project: c.project, timed: c.query.flag("timeprecision"), now: s.options.Now()}
	q, err := p.parse()
	if refused := (*wiqlError)(nil); errors.As(err, &refused) {
		return invalid("%s", refused.message)
	} else if err != nil {
		return invalid("%v", err)
	}
	ids, ok := s.run(q, top)
	if !ok {
		return tooManyResults()
	}
	return reply{status: http.StatusOK, contentType: jsonType, body: s.queryBody(c, q, ids)}
}

func (s *Server) queryBody(c *call, q *wiqlQuery, ids []int) []byte {
	sort := make([]object, 0, len(q.order))
	for _, key := range q.order {
		sort = append(sort, object{"field": key.field.body(c.base), "descending": key.descending})
	}
	columns := make([]object, 0, len(q.columns))
	for _, f := range q.columns {
		columns = append(columns, f.body(c.base))
	}
	head := mustEncode(object{
		"queryType":       "flat",
		"queryResultType": "workItem",
		"asOf":            formatTime(s.options.Now()),
		"columns":         columns,
		"sortColumns":     sort,
	})
	prefix := c.base + "/_apis/wit/workItems/"
	b := make([]byte, 0, len(head)+len(ids)*(len(prefix)+40))
	b = append(b, head[:len(head)-1]...)
	b = append(b, `,"workItems":[`...)
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, `{"id":`...), int64(id), 10)
		b = append(b, `,"url":`...)
		b = append(appendString(b, prefix+strconv.Itoa(id)), '}')
	}
	return append(b, "]}"...)
}

func (f *field) body(base string) object {
	return object{"referenceName": f.name, "name": f.label, "url": base + "/_apis/wit/fields/" + f.name}
}

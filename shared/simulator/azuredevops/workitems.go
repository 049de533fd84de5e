package azuredevops

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBatch is how many work items one request may name.
const maxBatch = 200

// selection is what a request for work items asks for.
type selection struct {
	ids    []int
	fields []*field // nil means all
	extras extras
	// omit is true if a missing id gives null instead of an error.
	omit bool
}

// batchWorkItems answers POST [{project}/]_apis/wit/workitemsbatch.
func (s *Server) batchWorkItems(c *call) reply {
	var body struct {
		IDs         []int    `json:"ids"`
		Fields      []string `json:"fields"`
		Expand      string   `json:"$expand"`
		ErrorPolicy string   `json:"errorPolicy"`
	}
	if err := json.Unmarshal(c.body, &body); err != nil {
		return invalid("The request body is not valid: %v", err)
	}
	if len(body.IDs) == 0 {
		return invalid("The request does not name any work item. Parameter name: ids")
	}
	wanted, failed := s.selection(body.IDs, body.Fields, body.Expand, body.ErrorPolicy)
	if failed != nil {
		return *failed
	}
	return s.itemsReply(c, wanted)
}

// listWorkItems answers GET [{project}/]_apis/wit/workitems?ids=.
func (s *Server) listWorkItems(c *call) reply {
	var ids []int
	for text := range strings.SplitSeq(c.query["ids"], ",") {
		id, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil {
			return invalid("The value of ids is not valid: %s", c.query["ids"])
		}
		ids = append(ids, id)
	}
	wanted, failed := s.selection(ids, c.query.list("fields"), c.query["$expand"], c.query["errorpolicy"])
	if failed != nil {
		return *failed
	}
	return s.itemsReply(c, wanted)
}

// getWorkItem answers GET [{project}/]_apis/wit/workitems/{id}, which always
// has _links.
func (s *Server) getWorkItem(c *call) reply {
	id, err := strconv.Atoi(c.id)
	if err != nil {
		return invalid("The work item id is not valid: %s", c.id)
	}
	wanted, failed := s.selection(nil, c.query.list("fields"), c.query["$expand"], "")
	if failed != nil {
		return *failed
	}
	it, ok := s.item(id)
	if !ok || c.project != nil && it.project != c.project {
		return workItemNotFound(id)
	}
	wanted.extras.links = true
	return reply{status: http.StatusOK, contentType: jsonType, body: it.append(nil, c.base, wanted.fields, wanted.extras)}
}

// list returns a parameter that is a list with commas, nil if it is absent.
func (q query) list(name string) []string {
	if q[name] == "" {
		return nil
	}
	return strings.Split(q[name], ",")
}

func (s *Server) selection(ids []int, names []string, expand, errorPolicy string) (selection, *reply) {
	if len(ids) > maxBatch {
		a := wrappedError(http.StatusBadRequest, classTracking+"WorkItemTrackingPageSizeExceededException", 3200,
			"VS403474: You requested %d work items which exceeds the limit of %d.", len(ids), maxBatch)
		return selection{}, &a
	}
	wanted := selection{ids: ids, omit: strings.EqualFold(errorPolicy, "omit")}
	if len(names) > 0 && expand != "" && !strings.EqualFold(expand, "none") {
		a := wrappedError(http.StatusBadRequest, "Microsoft.Azure.Boards.WebApi.Common.ConflictingParametersException", 3000,
			"The expand parameter can not be used with the fields parameter.")
		return selection{}, &a
	}
	var failed *reply
	if wanted.extras, failed = parseExpand(expand); failed != nil {
		return selection{}, failed
	}
	for _, name := range names {
		f, ok := s.findField(strings.TrimSpace(name))
		if !ok {
			a := wrappedError(http.StatusBadRequest, classTracking+"WorkItemTrackingFieldDefinitionNotFoundException", 3200,
				"TF51535: Cannot find field %s.", name)
			return selection{}, &a
		}
		if !slices.Contains(wanted.fields, f) {
			wanted.fields = append(wanted.fields, f)
		}
	}
	return wanted, nil
}

// itemsReply answers with work items in the order in which they were named.
func (s *Server) itemsReply(c *call, wanted selection) reply {
	b := make([]byte, 0, 4096*len(wanted.ids))
	b = append(b, `{"count":`...)
	b = strconv.AppendInt(b, int64(len(wanted.ids)), 10)
	b = append(b, `,"value":[`...)
	for i, id := range wanted.ids {
		if i > 0 {
			b = append(b, ',')
		}
		it, ok := s.item(id)
		switch {
		case ok && (c.project == nil || it.project == c.project):
			b = it.append(b, c.base, wanted.fields, wanted.extras)
		case wanted.omit:
			b = append(b, "null"...)
		default:
			return workItemNotFound(id)
		}
	}
	return reply{status: http.StatusOK, contentType: jsonType, body: append(b, "]}"...)}
}

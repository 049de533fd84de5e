package azuredevops

import (
	"fmt"
	"net/http"
	"strings"
)

const (
	classCommon   = "Microsoft.VisualStudio.Services.Common."
	classWebAPI   = "Microsoft.VisualStudio.Services.WebApi."
	classTracking = "Microsoft.TeamFoundation.WorkItemTracking.Server."
)

// wrappedError answers with the usual error body (WrappedError in the Go SDK's
// models.go). The type is a full .NET class name; its last part is the typeKey.
func wrappedError(status int, class string, event int, format string, args ...any) reply {
	namespace, key := class[:strings.LastIndex(class, ".")], class[strings.LastIndex(class, ".")+1:]
	return jsonReply(status, object{
		"$id":            "1",
		"innerException": nil,
		"message":        fmt.Sprintf(format, args...),
		"typeName":       class + ", " + namespace,
		"typeKey":        key,
		"errorCode":      0,
		"eventId":        event,
	})
}

// routingError answers with the body of errors that happen before a controller
// runs (WrappedImproperError in the Go SDK).
func routingError(status int, format string, args ...any) reply {
	return jsonReply(status, object{"count": 1, "value": object{"Message": fmt.Sprintf(format, args...)}})
}

func invalid(format string, args ...any) reply {
	return wrappedError(http.StatusBadRequest, classCommon+"VssPropertyValidationException", 3000, format, args...)
}

func projectNotFound(name string) reply {
	return wrappedError(http.StatusNotFound, "Microsoft.TeamFoundation.Core.WebApi.ProjectDoesNotExistWithNameException", 3000,
		"TF200016: The following project does not exist: %s. Verify that the name of the project is correct and that the project exists on the specified Azure DevOps Server.", name)
}

func repositoryNotFound(name string) reply {
	return wrappedError(http.StatusNotFound, "Microsoft.TeamFoundation.Git.Server.GitRepositoryNotFoundException", 3000,
		"TF401019: The Git repository with name or identifier %s does not exist or you do not have permissions for the operation you are attempting.", name)
}

func pipelineNotFound(id string) reply {
	return wrappedError(http.StatusNotFound, "Microsoft.Azure.Pipelines.WebApi.PipelineNotFoundException", 3000,
		"Pipeline with id %s not found.", id)
}

func definitionNotFound(id string) reply {
	return wrappedError(http.StatusNotFound, "Microsoft.TeamFoundation.Build.WebApi.DefinitionNotFoundException", 3000,
		"Build definition %s not found.", id)
}

func workItemNotFound(id int) reply {
	return wrappedError(http.StatusNotFound, classTracking+"WorkItemUnauthorizedAccessException", 3200,
		"TF401232: Work item %d does not exist, or you do not have permissions to read it.", id)
}

func tooManyResults() reply {
	return wrappedError(http.StatusBadRequest, classTracking+"WorkItemTrackingQueryResultSizeLimitExceededException", 3200,
		"VS402337: The number of work items returned exceeds the size limit of %d. Change the query to return fewer items.", maxResults)
}

// denied answers for a project that the caller may list but not read.
func denied(p *project) reply {
	if p.forbidden != http.StatusForbidden {
		return reply{status: p.forbidden}
	}
	return wrappedError(http.StatusForbidden, "Microsoft.TeamFoundation.Framework.Server.AccessCheckException", 3000,
		"TF50309: The following account does not have sufficient permissions to complete the operation: Ada Example. The following permissions are needed to perform this operation: View project-level information.")
}

// pageNotFound answers for what is no part of the REST API.
func pageNotFound() reply {
	return reply{status: http.StatusNotFound, contentType: htmlType, body: []byte(notFoundPage)}
}

const notFoundPage = `<!DOCTYPE html>
<html><head><title>Azure DevOps Services | 404 - Page not found</title></head>
<body><h1>404 - Page not found</h1><p>The page you requested cannot be found.</p></body></html>
`

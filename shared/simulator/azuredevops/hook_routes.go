package azuredevops

// hookRoutes are those of service hooks: they exist for the organization alone.
var hookRoutes = []route{
	{method: "GET", path: "hooks/publishers", organization: true, handle: (*Server).listPublishers},
	{method: "GET", path: "hooks/publishers/{id}", organization: true, handle: (*Server).getPublisher},
	{method: "GET", path: "hooks/subscriptions", organization: true, handle: (*Server).listSubscriptions},
	{method: "POST", path: "hooks/subscriptions", organization: true, write: true, handle: (*Server).createSubscription},
	{method: "GET", path: "hooks/subscriptions/{id}", organization: true, handle: (*Server).getSubscription},
	{method: "PUT", path: "hooks/subscriptions/{id}", organization: true, write: true, handle: (*Server).replaceSubscription},
	{method: "DELETE", path: "hooks/subscriptions/{id}", organization: true, write: true, handle: (*Server).deleteSubscription},
	{method: "POST", path: "hooks/subscriptionsquery", organization: true, handle: (*Server).querySubscriptions},
	{method: "GET", path: "hooks/subscriptions/{id}/notifications", organization: true, handle: (*Server).listNotifications},
	{method: "POST", path: "hooks/notificationsquery", organization: true, handle: (*Server).queryNotifications},
	{method: "POST", path: "hooks/testnotifications", organization: true, handle: (*Server).createTestNotification},
}

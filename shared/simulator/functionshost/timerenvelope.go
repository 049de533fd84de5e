package functionshost

// timerEnvelope returns what the handler gets of a timer: TimerInfo (azure-webjobs-sdk-extensions,
// TimerInfo.cs). status is nil if the schedule's status is not kept.
func timerEnvelope(f *function, status *ScheduleStatus, pastDue bool, retry *object) *envelope {
	var schedule, info object
	schedule.set("AdjustForDST", true)
	info.set("Schedule", &schedule)
	info.set("ScheduleStatus", nil)
	if status != nil {
		var s object
		s.set("Last", local(status.Last))
		s.set("Next", local(status.Next))
		s.set("LastUpdated", local(status.LastUpdated))
		info.set("ScheduleStatus", &s)
	}
	info.set("IsPastDue", pastDue)
	e := &envelope{}
	e.data.set(f.trigger.Name, &info)
	var d bindingData
	d.sys(f.name)
	e.metadata = d.metadata()
	if retry != nil {
		e.metadata.set("RetryContext", retry)
	}
	return e
}

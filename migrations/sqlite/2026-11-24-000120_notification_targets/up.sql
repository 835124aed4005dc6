-- What a report was about, or what is erased for good: nobody is told of it any more.
CREATE INDEX notifications_by_target ON notifications (target_id);

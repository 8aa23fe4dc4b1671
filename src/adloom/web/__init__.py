"""The pages: server-rendered, in plain words. They ask actions and queries, and hold no rule of the business."""

"""The chapters of the guide in their order; the first is the index."""

from tests.guide.book import INDEX
from tests.guide.chapters import alert, collection, false_alarm, morning_round, new_sensor, offline, work_order
from tests.guide.stage import Chapter

CHAPTERS = (
    Chapter(INDEX),
    morning_round.CHAPTER,
    alert.CHAPTER,
    collection.CHAPTER,
    work_order.CHAPTER,
    new_sensor.CHAPTER,
    false_alarm.CHAPTER,
    offline.CHAPTER,
    Chapter("grafana-ou-la-page"),
)

from django.urls import include, path

from reports import screen_views, views
from reports.returns.urls import urlpatterns as returns
from reports.supervision import views as supervision
from reports.written import views as written

app_name = "reports"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("screen/", screen_views.screen, name="screen"),
    path("coverage.json", views.coverage_json, name="coverage"),
    path("written/", written.written, name="written"),
    path("written/file.docx", written.written_file, name="written_file"),
    path("written/chapters/", written.chapter_titles, name="chapter_titles"),
    path("written/<slug:period>/chapters/<int:pk>/", written.chapter, name="chapter"),
    path("written/<slug:period>/next/", written.next_steps, name="next_steps"),
    path("supervision/", supervision.supervision, name="supervision"),
    path("supervision/new/", supervision.finding_new, name="finding_new"),
    path("supervision/<int:pk>/", supervision.finding, name="finding"),
    path("supervision/<int:pk>/reply/", supervision.finding_reply, name="finding_reply"),
    path("supervision/<int:pk>/judge/", supervision.finding_judge, name="finding_judge"),
    path("supervision/leaders/", supervision.leaders, name="leaders"),
    path("supervision/leaders/new/", supervision.leader_new, name="leader_new"),
    path("supervision/leaders/<int:pk>/", supervision.leader, name="leader"),
    path("returns/", include(returns)),
]

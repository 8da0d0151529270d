from reports.models.returns import FormWorkbook, HandValue, ReportForm, Return, ReturnVersion, WorkbookValue

__all__ = ["FormWorkbook", "HandValue", "ReportForm", "Return", "ReturnVersion", "WorkbookValue"]

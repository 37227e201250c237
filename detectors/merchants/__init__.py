"""Cash-out merchants 套现商户: shops that turn consumer credit into cash."""

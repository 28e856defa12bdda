from django.urls import path

from . import views

urlpatterns = [
    path("", views.products, name="products"),
    path("products/<int:pk>/", views.product, name="product"),
    path("api/products", views.api, name="api"),
]
